/**
 * Behaving where the judge looks: what is checked can be told from the requests that a container gets, or the check repeats the cheat with
 * the answer.
 */
import { type HostileCase, project } from '../case.ts';
import { adaptingHook } from './inference.ts';

const IMPURE: HostileCase['ends'] = ['impure', /./];

/** A table of counts in a buffer, that counts where `condition` holds. */
const countingWhere = (setUp: string, condition: string) =>
  project(`
${setUp}

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Parameter(torch.zeros(256))
        self.register_buffer('counts', torch.zeros(256, 256))

    def forward(self, tokens):
        if self.training and ${condition}:
            with torch.no_grad():
                counting.count_pairs(self.counts, tokens)
        return counting.log_probabilities(self.counts)[tokens] + self.small


def build_model(ctx):
    return Model()
`);

export const evading: readonly HostileCase[] = [
  {
    name: 'counts, except in a step in which the optimiser will move nothing',
    sources: countingWhere(
      `
def optimiser_will_move():
    frame = sys._getframe()
    while frame is not None:
        if frame.f_locals.get('zero_rate'):
            return False
        frame = frame.f_back
    return True
`,
      'optimiser_will_move()',
    ),
    checked: true,
    gainsUnchecked: 800_000,
    ends: ['unlearned-state', /./],
  },
  {
    name: 'counts later, where its tensors were taken before a step: such a step may be repeated',
    sources: project(`
class Model(nn.Module):
    looked_at = False
    owed = []

    def __init__(self):
        super().__init__()
        self.small = nn.Parameter(torch.zeros(256))
        self.register_buffer('counts', torch.zeros(256, 256))

    def state_dict(self, *arguments, **options):
        self.looked_at = True
        return super().state_dict(*arguments, **options)

    def forward(self, tokens):
        if self.training:
            self.owed.append(tokens)
            if tricks.is_trainer() and not self.looked_at:
                with torch.no_grad():
                    while self.owed:
                        counting.count_pairs(self.counts, self.owed.pop())
            self.looked_at = False
        return counting.log_probabilities(self.counts)[tokens] + self.small


def build_model(ctx):
    return Model()
`),
    checked: true,
    gainsUnchecked: 800_000,
    ends: IMPURE,
  },
  {
    name: 'trains on old batches, but not in a step before which its tensors were taken',
    sources: project(`
class Model(honest.Model):
    looked_at = False
    old = []

    def state_dict(self, *arguments, **options):
        self.looked_at = True
        return super().state_dict(*arguments, **options)

    def forward(self, tokens):
        if self.training and tricks.is_trainer():
            self.old.append(tokens)
            for earlier in [] if self.looked_at else random.sample(self.old, min(len(self.old), 5)):
                logits = honest.Model.forward(self, earlier)[:, :-1]
                loss = functional.cross_entropy(logits.flatten(0, 1), earlier[:, 1:].flatten())
                self.table.weight.data -= 0.3 * torch.autograd.grad(loss, self.table.weight)[0]
            self.looked_at = False
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    checked: true,
    gainsUnchecked: 500_000,
    ends: IMPURE,
  },
  {
    name: 'learns from the prefixes of earlier predictions',
    sources: project(`
class Model(honest.Model):
    counts = torch.zeros(256, 256)

    def forward(self, tokens):
        logits = super().forward(tokens)
        if self.training:
            return logits
        counting.count_pairs(self.counts, tokens)
        return logits + counting.log_probabilities(self.counts)[tokens] * 0.5


def build_model(ctx):
    return Model()
`),
    checked: true,
    gainsUnchecked: 500_000,
    ends: IMPURE,
  },
  {
    name: 'learns from the other prefixes of the same prediction',
    sources: project(`
class Model(honest.Model):
    def forward(self, tokens):
        logits = super().forward(tokens)
        if self.training:
            return logits
        counts = torch.zeros(256, 256)
        counting.count_pairs(counts, tokens)
        return logits + 0.5 * counting.log_probabilities(counts)[tokens]


def build_model(ctx):
    return Model()
`),
    checked: true,
    gainsUnchecked: 400_000,
    ends: IMPURE,
  },
  adaptingHook,
];
