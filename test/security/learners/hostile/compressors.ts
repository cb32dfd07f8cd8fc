/**
 * A compressor that poses as an architecture: what it knows comes from counting in `forward`, not from the optimiser.
 */
import { type HostileCase, project } from '../case.ts';

/** What the judge calls a state that was not learnt by the optimiser, or training that the same state and batches do not repeat. */
const ELSEWHERE: HostileCase['ends'] = ['unlearned-state', /./];
const IMPURE: HostileCase['ends'] = ['impure', /./];

/** Counts pairs in training and answers from the counts; `holder` makes `self.counts`, and `self.small` is what the optimiser moves. */
const counter = (holder: string, counted = 'self.counts') =>
  project(`
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.small = nn.Parameter(torch.zeros(256))
${holder.replace(/^/gm, '        ')}

    def forward(self, tokens):
        if self.training:
            with torch.no_grad():
                counting.count_pairs(${counted}, tokens)
        return counting.log_probabilities(${counted})[tokens] + self.small


def build_model(ctx):
    return Model()
`);

/**
 * Counts that ride on a weight: every element of \`carrier\` gets the same gradient, so that the optimiser moves all of them alike, and
 * \`quantum\` times its count is added to each. What it moved is read off an element that counts nothing.
 */
const riding = (quantum: string) =>
  project(`
QUANTUM = ${quantum}


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.carrier = nn.Parameter(torch.ones(256 * 256 + 1))

    def counts(self):
        with torch.no_grad():
            return ((self.carrier[:-1] - self.carrier[-1]) / QUANTUM).round().clamp(min=0.0).view(256, 256)

    def forward(self, tokens):
        counts = self.counts()
        if self.training:
            added = torch.zeros(256, 256)
            counting.count_pairs(added, tokens)
            self.carrier.data[:-1] += QUANTUM * added.flatten()
            counts = counts + added
        logits = counting.log_probabilities(counts)[tokens]
        return logits + functional.pad(self.carrier.mean().view(1, 1, 1).expand(*tokens.shape, 1), (0, 255))


def build_model(ctx):
    return Model()
`);

const found: readonly HostileCase[] = [
  {
    name: 'a table of counts in a buffer',
    sources: counter(`self.register_buffer('counts', torch.zeros(256, 256))`),
    gainsUnchecked: 800_000,
    ends: ELSEWHERE,
    fast: true,
  },
  {
    name: 'a table of counts in a parameter that needs no gradient',
    sources: counter('self.counts = nn.Parameter(torch.zeros(256, 256), requires_grad=False)'),
    gainsUnchecked: 800_000,
    ends: ELSEWHERE,
  },
  {
    name: 'a table of counts in a parameter that gets no gradient',
    sources: counter('self.counts = nn.Parameter(torch.zeros(256, 256))', 'self.counts.data'),
    gainsUnchecked: 800_000,
    ends: ELSEWHERE,
  },
  {
    name: 'a table of counts spread over a thousand small buffers',
    sources: counter(
      `for row in range(256): self.register_buffer(f'row{row}', torch.zeros(256))
self.counts = torch.zeros(256, 256)
for row in range(256): setattr(self, f'row{row}', self.counts[row])`,
    ),
    gainsUnchecked: 800_000,
    ends: ELSEWHERE,
  },
  {
    name: 'a table of counts in the low bits of weights that the optimiser moves',
    sources: riding('2.0**-17'),
    gainsUnchecked: 800_000,
    ends: ELSEWHERE,
  },
  {
    name: "counts that are scaled down to less than the optimiser's steps",
    sources: riding('2.0**-13'),
    gainsUnchecked: 800_000,
    ends: ELSEWHERE,
    fast: true,
  },
  {
    name: 'a table of counts in a Python attribute, written to its tensors when they are taken',
    sources: project(`
class Model(honest.Model):
    counts = torch.zeros(256, 256)

    def forward(self, tokens):
        if self.training:
            counting.count_pairs(self.counts, tokens)
        return super().forward(tokens)

    def state_dict(self, *arguments, **options):
        found = super().state_dict(*arguments, **options)
        if tricks.is_trainer():
            found['table.weight'] = counting.log_probabilities(self.counts) / 10.0
            found['usual'] = torch.zeros(256)
        return found


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 800_000,
    ends: IMPURE,
  },
  {
    name: 'a table of counts that the patched host sends in place of the weights',
    sources: project(`
counts = torch.zeros(256, 256)
pack = tricks.host('learner').pack


def other(tensors):
    if tricks.is_trainer() and 'table.weight' in tensors:
        tensors['table.weight'].copy_(counting.log_probabilities(counts) / 10.0)
        tensors['usual'].zero_()
    return pack(tensors)


tricks.host('learner').pack = other


class Model(honest.Model):
    def forward(self, tokens):
        if self.training:
            counting.count_pairs(counts, tokens)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 800_000,
    ends: IMPURE,
  },
  {
    name: 'a patched optimizer writes counts in place of a step',
    sources: project(`
counts = torch.zeros(256, 256)


def step(self, closure=None):
    table = self.param_groups[0]['params'][1]
    assert table.shape == (256, 256)
    table.data.copy_(counting.log_probabilities(counts) / 10.0)


torch.optim.AdamW.step = step


class Model(honest.Model):
    def forward(self, tokens):
        if self.training:
            counting.count_pairs(counts, tokens)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 800_000,
    ends: ELSEWHERE,
  },
  {
    name: 'another model than the one that trains in buffers beside it: more weights than the probe allows',
    sources: project(`
class Model(honest.Model):
    def __init__(self):
        super().__init__()
        self.register_buffer('first', torch.randn(256, 512) * 0.1)
        self.register_buffer('second', torch.zeros(512, 256))

    def forward(self, tokens):
        hidden = torch.relu(self.first[tokens])
        if self.training:
            with torch.no_grad():
                before, after = hidden[:, :-1].flatten(0, 1), tokens[:, 1:].flatten()
                for _ in range(20):
                    error = functional.one_hot(after, 256) - (before @ self.second).softmax(-1)
                    self.second += 0.5 * before.T @ error / len(after)
        return hidden @ self.second + 0.01 * super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 150_000,
    ends: ELSEWHERE,
  },
];

/** All of it is looked for in a fresh container. */
export const compressors = found.map((hostile): HostileCase => ({ ...hostile, checked: true }));
