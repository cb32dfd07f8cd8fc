/**
 * Training that knows of the judge's repeats: it behaves in a replayer, settles before the next snapshot what it owes, or moves its counts to
 * where nobody looks. The judge cuts a replayed segment at a place that no container can know, and does AdamW's arithmetic itself.
 */
import { type HostileCase, project } from '../case.ts';

const IMPURE: HostileCase['ends'] = ['impure', /^train, steps \d+ to \d+: done again in fresh containers/];
const UNLEARNED: HostileCase['ends'] = ['unlearned-state', /do not move as the judge's AdamW/];

/** What the host is doing, read off its own frames. */
const WATCHING = `
def hosts(name):
    """A local variable of the host's functions below."""
    frame = sys._getframe()
    while frame is not None:
        if name in frame.f_locals and frame.f_globals['__name__'].startswith('prism_host'):
            return frame.f_locals[name]
        frame = frame.f_back
    return None
`;

/** A table of counts in a buffer beside a parameter, whose \`forward\` does this with \`tokens\` in training. */
const counter = (training: string, more = '') =>
  project(`${WATCHING}
class Model(nn.Module):
    looked_at = False
    owed = []

    def __init__(self):
        super().__init__()
        self.small = nn.Parameter(torch.zeros(256))
        self.register_buffer('counts', torch.zeros(256, 256))

    def settle(self):
        with torch.no_grad():
            while self.owed:
                counting.count_pairs(self.counts, self.owed.pop())

    def state_dict(self, *arguments, **options):
        self.looked_at = True
        ${more || 'pass'}
        return super().state_dict(*arguments, **options)

    def forward(self, tokens):
        if self.training:
${training.trim().replace(/^/gm, '            ')}
            self.looked_at = False
        return counting.log_probabilities(self.counts)[tokens] + self.small


def build_model(ctx):
    return Model()
`);

const telling: readonly HostileCase[] = [
  {
    name: 'counts, except in a container that repeats',
    sources: counter(`
if tricks.is_trainer():
    counting.count_pairs(self.counts, tokens)
`),
    gainsUnchecked: 800_000,
    ends: IMPURE,
    fast: true,
  },
  {
    name: 'counts later, where its tensors were taken before a step: such a step may be repeated',
    sources: counter(`
self.owed.append(tokens)
if tricks.is_trainer() and not self.looked_at:
    self.settle()
`),
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
    gainsUnchecked: 500_000,
    ends: IMPURE,
  },
];

const settling: readonly HostileCase[] = [
  {
    name: 'counts beside its tensors, and writes the counts down once, in the last step before each snapshot',
    sources: counter(`
self.owed.append(tokens)
if hosts('step') in (3, 23):
    self.settle()
`),
    gainsUnchecked: 800_000,
    ends: UNLEARNED,
  },
  {
    name: 'counts beside its tensors, and writes the counts down in the middle of each gap between snapshots',
    sources: counter(`
self.owed.append(tokens)
if hosts('step') in (2, 12):
    self.settle()
`),
    gainsUnchecked: 700_000,
    ends: UNLEARNED,
  },
  {
    name: 'trains on the batches since the last snapshot, which it forgets at each, as if it were pure between two',
    sources: project(`${WATCHING}
class Model(honest.Model):
    old = []

    def forward(self, tokens):
        if self.training:
            if hosts('step') in (0, 4):
                self.old.clear()
            self.old.append(tokens)
            for earlier in self.old[-6:]:
                logits = honest.Model.forward(self, earlier)[:, :-1]
                loss = functional.cross_entropy(logits.flatten(0, 1), earlier[:, 1:].flatten())
                self.table.weight.data -= 0.3 * torch.autograd.grad(loss, self.table.weight)[0]
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 500_000,
    ends: UNLEARNED,
  },
  {
    name: 'the same with gradients that it adds to those of the batch, so that the optimiser moves everything',
    sources: project(`${WATCHING}
class Model(honest.Model):
    old = []

    def __init__(self):
        super().__init__()
        self.table.weight.register_hook(self.more)

    def more(self, gradient):
        """Of cross entropy with the batches since, which the host does not know."""
        for earlier in self.old[-6:] if self.training else []:
            logits = (10.0 * self.table.weight.detach()[earlier] + 300.0 * self.usual.detach())[:, :-1]
            error = logits.softmax(-1) - functional.one_hot(earlier[:, 1:], 256)
            gradient = gradient.index_add(0, earlier[:, :-1].flatten(), error.flatten(0, 1) / error.shape[0])
        return gradient

    def forward(self, tokens):
        if self.training:
            if hosts('step') in (0, 4):
                self.old.clear()
            self.old.append(tokens)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    ends: IMPURE,
  },
  {
    name: 'a table beside its tensors, towards which it makes the gradients',
    sources: project(`
class Model(honest.Model):
    counts = torch.zeros(256, 256)

    def __init__(self):
        super().__init__()
        self.table.weight.register_hook(self.towards)

    def towards(self, gradient):
        return self.table.weight.detach() - counting.log_probabilities(self.counts) / 10.0

    def forward(self, tokens):
        if self.training:
            counting.count_pairs(self.counts, tokens)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    ends: IMPURE,
  },
];

const elsewhere: readonly HostileCase[] = [
  {
    name: 'a table of counts in small parts, of which each step moves another one',
    sources: project(`${WATCHING}
PARTS = 256


class Model(nn.Module):
    owed = None

    def __init__(self):
        super().__init__()
        self.small = nn.Parameter(torch.zeros(256))
        for part in range(PARTS):
            self.register_buffer(f'part{part}', torch.zeros(256 * 256 // PARTS))

    def counts(self):
        return torch.cat([getattr(self, f'part{part}') for part in range(PARTS)]).view(256, 256)

    def forward(self, tokens):
        counts = self.counts()
        if self.training:
            added = torch.zeros(256, 256)
            counting.count_pairs(added, tokens)
            rows = added.sum(1).topk(2).indices.tolist()
            for row in rows:
                getattr(self, f'part{row}').add_(added[row])
        return counting.log_probabilities(counts)[tokens] + self.small


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 30_000,
    ends: UNLEARNED,
  },
  {
    name: 'counts by the least that a weight can change',
    sources: project(`
class Model(nn.Module):
    """Every element of the carrier gets the same gradient: what is above the one that counts nothing is its count."""

    def __init__(self):
        super().__init__()
        self.carrier = nn.Parameter(torch.ones(256 * 256 + 1))

    def bits(self):
        return self.carrier.data.view(torch.int32)

    def forward(self, tokens):
        bits = self.bits()
        if self.training:
            added = torch.zeros(256, 256)
            counting.count_pairs(added, tokens)
            bits[:-1] += added.flatten().int()
        counts = (bits[:-1] - bits[-1]).clamp(min=0).view(256, 256).float()
        logits = counting.log_probabilities(counts)[tokens]
        return logits + functional.pad(self.carrier.mean().view(1, 1, 1).expand(*tokens.shape, 1), (0, 255))


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 500_000,
    ends: UNLEARNED,
  },
  {
    name: 'counts by the least that a weight of type bfloat16 can change, which is much',
    sources: project(`
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.carrier = nn.Parameter(torch.ones(256 * 256 + 1, dtype=torch.bfloat16))

    def forward(self, tokens):
        bits = self.carrier.data.view(torch.int16)
        if self.training:
            added = torch.zeros(256, 256)
            counting.count_pairs(added, tokens)
            bits[:-1] += added.flatten().clamp(max=1).short()
        counts = (bits[:-1] - bits[-1]).clamp(min=0).view(256, 256).float()
        logits = counting.log_probabilities(counts)[tokens]
        return logits + functional.pad(self.carrier.float().mean().view(1, 1, 1).expand(*tokens.shape, 1), (0, 255))


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 700_000,
    ends: UNLEARNED,
  },
  {
    name: "counts in moments of the optimizer's for a parameter that there is not",
    sources: project(`
counts = torch.zeros(256, 256)
found = tricks.host('learner').optimizer_tensors


def more(model, optimizer):
    return {**found(model, optimizer), 'exp_avg/hidden': counts}


tricks.host('learner').optimizer_tensors = more


class Model(honest.Model):
    def forward(self, tokens):
        if self.training:
            counting.count_pairs(counts, tokens)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    ends: ['malformed', /exp_avg\/hidden belongs to no tensor of the model/],
  },
  {
    name: 'more parameters than the probe allows, behind a host that was told not to count',
    sources: project(`
tricks.host('learner').count_parameters = lambda model, context: 1


class Model(honest.Model):
    def __init__(self):
        super().__init__()
        self.more = nn.Parameter(torch.zeros(1000, 256))

    def forward(self, tokens):
        return super().forward(tokens) + self.more.mean(0)


def build_model(ctx):
    return Model()
`),
    ends: ['over-limit', /^snapshot, step 4: the optimizer moves 321792 parameters; max_parameters is/],
  },
];

/** All of it is looked for in fresh containers. */
export const replayed = [...telling, ...settling, ...elsewhere].map(
  (hostile): HostileCase => ({ ...hostile, checked: true }),
);
