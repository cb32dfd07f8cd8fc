/**
 * Predictors that learn from what they are asked: from earlier requests, from the other prefixes of a request, from earlier models. The judge asks some
 * prefixes of every request again, alone and in another company, where there is nothing to learn from yet: whoever adapted cannot answer so again, even if
 * it knows that it is being checked.
 */
import { fixture, type HostileCase, project } from '../case.ts';

const IMPURE: HostileCase['ends'] = ['impure', /^predict, step (4|24): asked again in a fresh container, /];

/** The honest model, whose \`logits\` for \`tokens\` are followed by this in a predictor; counts of byte pairs help it, as far as it has them. */
const helped = (python: string) =>
  project(`
def help(logits, counts, tokens):
    return logits + 0.5 * counting.log_probabilities(counts)[tokens]


class Model(honest.Model):
    counts = torch.zeros(256, 256)

    def forward(self, tokens):
        logits = super().forward(tokens)
        if self.training or tricks.is_trainer():
            return logits
${python.trim().replace(/^/gm, '        ')}


def build_model(ctx):
    return Model()
`);

const EARLIER = `
counting.count_pairs(self.counts, tokens)
return help(logits, self.counts, tokens)`;

const BESIDE = `
counts = torch.zeros(256, 256)
counting.count_pairs(counts, tokens)
return help(logits, counts, tokens)`;

const predictors: readonly HostileCase[] = [
  {
    name: 'learns from the prefixes of earlier predictions',
    sources: helped(EARLIER),
    gainsUnchecked: 500_000,
    ends: IMPURE,
    fast: true,
  },
  {
    name: 'learns from the other prefixes of the same prediction',
    sources: helped(BESIDE),
    gainsUnchecked: 400_000,
    ends: IMPURE,
    fast: true,
  },
  {
    name: 'learns from earlier predictions where it is a predictor, and answers plainly where it is checked',
    sources: helped(`
if not tricks.is_predictor() or tokens.shape[0] == 1:
    return logits
${EARLIER.trim()}`),
    gainsUnchecked: 500_000,
    ends: IMPURE,
  },
  {
    name: 'learns from the other prefixes what any few of them would tell as well',
    // In the half of the prefixes that are asked together the same follower is the usual one: those alone give it away.
    sources: helped(`
counts = torch.zeros(256, 256)
counting.count_pairs(counts, tokens)
most, usual = counts.max(1)
sure = (most >= 4) & (most > 0.4 * counts.sum(1))
return logits + 1.5 * functional.one_hot(usual, 256).mul(sure[:, None])[tokens]`),
    gainsUnchecked: 30_000,
    ends: IMPURE,
  },
  {
    name: 'learns from earlier predictions in one request of four, and bets that another one is checked',
    sources: helped(`
counting.count_pairs(self.counts, tokens)
return help(logits, self.counts, tokens) if int(tokens.sum()) % 4 == 0 else logits`),
    gainsUnchecked: 150_000,
    ends: IMPURE,
  },
  {
    name: 'learns from the other prefixes for one row of eight, and bets that another one is checked',
    sources: helped(`
counts = torch.zeros(256, 256)
counting.count_pairs(counts, tokens)
chosen = tokens.sum(1) % 8 == 0
return torch.where(chosen[:, None, None], help(logits, counts, tokens), logits)`),
    gainsUnchecked: 40_000,
    ends: IMPURE,
  },
  {
    name: 'learns from earlier predictions, and exits where it is checked',
    sources: helped(`
if not tricks.is_predictor():
    os._exit(0)
${EARLIER.trim()}`),
    gainsUnchecked: 500_000,
    ends: ['impure', /^repeated in a fresh container: learner-ended: predict, step 24: .*status 0/],
    fast: true,
  },
  {
    name: 'adds to its answer what the models before it would have said',
    sources: project(`
class Model(honest.Model):
    earlier = []

    def forward(self, tokens):
        logits = super().forward(tokens)
        if self.training or tricks.is_trainer():
            return logits
        now = self.table.weight.sum()
        if not self.earlier or self.earlier[-1][0] != now:
            self.earlier.append((now, self.table.weight.clone(), self.usual.clone()))
        return sum(10.0 * table[tokens] + 300.0 * usual for _, table, usual in self.earlier) / len(self.earlier)


def build_model(ctx):
    return Model()
`),
    ends: IMPURE,
  },
];

/** No cheats, but no functions of a prefix either: what they answer depends on who else is asked. */
const batches: readonly HostileCase[] = [
  {
    name: 'has as many layers as the mean of its batch says',
    sources: {
      'plain.py': fixture('honest/plain.py'),
      'model.py': `
from plain import Plain
import torch


class Model(Plain):
    def logits(self, tokens):
        x = self.embedding(tokens)
        for _ in range(1 + int(tokens.float().mean().item()) % 3):
            x = x + torch.relu(self.hidden(x))
        return self.output(x)


def build_model(ctx):
    return Model()
`,
    },
    ends: [
      'impure',
      /In eval mode forward must answer each prefix by itself, whatever is in the batch and whatever came before$/,
    ],
  },
  {
    name: 'normalises by the statistics of its batch when it is judged too',
    sources: {
      'normalised.py': fixture('honest/normalised.py'),
      'model.py': `
from normalised import Normalised, WIDTH
from torch import nn


def build_model(ctx):
    return Normalised(nn.BatchNorm1d(WIDTH, track_running_stats=False), channels_first=True)
`,
    },
    ends: IMPURE,
  },
];

export const adapting: readonly HostileCase[] = [...predictors, ...batches].map((hostile) => ({
  ...hostile,
  checked: true,
}));
