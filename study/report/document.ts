/** The document: what was done, what came out, and what it does not say. Every number in it comes from the results. */
import type { FigureName } from '../figures.ts';
import { CLEAR, type Findings, type Fitted } from '../findings.ts';
import { FULL, type Scale } from '../plans.ts';
import { bits, counted, percent, percentBetween, table, tau, tauBetween } from './table.ts';

/** What the project set itself: share of all couples. */
const AIM = 0.85;

const WHAT: { readonly [name in FigureName]: string } = {
  total: 'the weighted sum that the default policy makes of the signals',
  final: 'loss at the last checkpoint: the plain baseline',
  area: 'loss averaged over the bytes revealed',
  late: 'loss over the last fifth of the steps',
  tenfold: 'fitted loss at 10 times the bytes, as it is',
  extrapolated:
    'least of the gains at 10 times the bytes, in the last tenth and in the area, as the score counts it',
  roughness: 'upward movement of the curve over its fall',
  spikes: 'share of checkpoints far above the trend',
  size: 'least gain over a quarter, half and all of the parameters',
  depth: 'least gain over half, all and twice the layers',
  sequence: 'least gain over half and all of the sequence',
  batch: 'least gain over half and all of the batch',
};

const ordered = (values: readonly number[]) =>
  values.map((value) => 1 + values.filter((other) => other < value).length);

function architectures({ samples, figures, truth }: Findings): string {
  const small = figures.get('final') ?? [];
  const [smallRanks, largeRanks] = [ordered(small), ordered(truth)];
  const rows = samples
    .map(({ name, parameters }, index) => ({
      rank: largeRanks[index] ?? 0,
      cells: [
        `\`${name}\``,
        parameters.toLocaleString('en'),
        bits(small[index] ?? 0),
        `${smallRanks[index]}`,
        bits(truth[index] ?? 0),
        `${largeRanks[index]}`,
      ],
    }))
    .sort((a, b) => a.rank - b.rank);
  const head = ['Architecture', 'Parameters', 'Small, at the end', 'Rank', 'Large, last tenth', 'Rank'];
  return table(
    'lrrrrr',
    head,
    rows.map(({ cells }) => cells),
  );
}

function foresight({ foresight: all }: Findings): string {
  const rows = [...all].map(
    ([name, { accuracy, accuracyInterval, clear, tau: correlation, tauInterval }]) => [
      `${name}: ${WHAT[name]}`,
      counted(accuracy),
      percentBetween(accuracyInterval),
      counted(clear),
      tau(correlation),
      tauBetween(tauInterval),
    ],
  );
  const head = [
    'Figure at small scale',
    'Couples decided right',
    '95 %',
    'Of the clear ones',
    "Kendall's tau",
    '95 %',
  ];
  return table('lrrrrr', head, rows);
}

function weights(fits: readonly Fitted[]): string {
  const rows = fits.map(({ signals, weights: chosen, fitted, heldOut, heldOutInterval }) => [
    signals.map((signal, index) => `${signal} ${percent(chosen[index] ?? 0)}`).join(', '),
    counted(fitted),
    percent(heldOut),
    percentBetween(heldOutInterval),
  ]);
  return table('lrrr', ['Weights chosen on all', 'On the same couples', 'On couples left out', '95 %'], rows);
}

/** Couples that a figure decided wrongly although they are clear, the largest difference first. */
function misses({ samples, truth, clearCouples, figures }: Findings, name: FigureName, most: number): string {
  const figure = figures.get(name) ?? [];
  const wrong = clearCouples
    .map((couple) => couple.toSorted((a, b) => (truth[a] ?? 0) - (truth[b] ?? 0)))
    .filter(([better = 0, worse = 0]) => (figure[better] ?? 0) > (figure[worse] ?? 0))
    .map(([better = 0, worse = 0]) => ({ better, worse, by: (truth[worse] ?? 0) - (truth[better] ?? 0) }))
    .sort((a, b) => b.by - a.by);
  const rows = wrong
    .slice(0, most)
    .map(({ better, worse, by }) => [
      `\`${samples[better]?.name}\``,
      `\`${samples[worse]?.name}\``,
      bits((figure[better] ?? 0) - (figure[worse] ?? 0)),
      bits(by),
    ]);
  return `${wrong.length} clear couples; the largest:\n\n${table('llrr', ['Better at large scale', 'Ranked above it', 'Small: worse by', 'Large: better by'], rows)}`;
}

function lengths({ lengths: all }: Findings): string {
  const rows = all.map(({ step, accuracy, clear }) => [
    step.toLocaleString('en'),
    percent(accuracy.share),
    percent(clear.share),
  ]);
  return table('rrr', ['Steps', 'Couples decided right', 'Of the clear ones'], rows);
}

/** The tables alone: what came out, whatever was run. */
export function tablesOf(findings: Findings): string {
  return [architectures(findings), foresight(findings), lengths(findings), weights(findings.fits)].join(
    '\n\n',
  );
}

const steps = (scale: Scale) => FULL.checkpoints[scale].at(-1)?.[0] ?? 0;

/** The whole page, of a study of the full extent. */
export function documentOf(findings: Findings): string {
  const { samples, couples, clearCouples, truthError, fits } = findings;
  const { base, seeds } = FULL;
  const factor = steps('large') / steps('small');
  return `<!-- Written by \`npm run study\` from study/results/cpu.jsonl; do not edit. -->
# Does the score predict?

The judge sees short runs of small models and is asked what may hold at a larger scale. Whether it can is measured here:
${samples.length} architectures of known kinds, from a table of byte frequencies over recurrent layers and convolutions to attention with and without
its usual tricks, some of them broken on purpose, are measured by the judge at small scale and then trained ${factor} times as long. Each of the
${couples.length} couples of architectures is a question: does the figure at small scale say which of the two is better in the end?

## In short

${summary(findings)}

## What was done

- **Small**: ${steps('small')} steps of ${base.batch} windows of ${base.sequenceLength + 1} bytes, at most ${base.maxParameters.toLocaleString('en')} parameters and ${base.maxLayers} layers, ${seeds.small} seeds.
  Ladders, on one seed: half and a quarter of the parameters, half the sequence, half the batch, half and twice the layers where the
  architecture has layers.
- **Large**: the same for ${steps('large').toLocaleString('en')} steps on text of its own, ${seeds.large} seeds. What counts as the truth is the mean loss over the last tenth of the
  steps.
- Both by the judge as it judges submissions: its containers, its recipe (the same for all, without tuning), its blind prefixes, text that is
  never used twice in a run. Runs of one scale and seed are paired. The corpus is the evaluator's, with more documents from the same sources.
- A couple is **clear** where its losses differ by more than ${CLEAR} standard errors of their difference (one loss: ${bits(truthError)} bits per byte, from how
  the seeds disagree). That leaves ${clearCouples.length} of ${couples.length}; for the rest the right answer is not known.
- A couple that a figure does not decide counts one half. Intervals are the central 95 % of 2,000 bootstrap resamples of architectures and of
  seeds. They say how the result would vary with other architectures *of this kind*.

## What came out

![Loss after small and large runs, and the share of couples that each figure decides right](predictive-validity.svg)

${architectures(findings)}

${foresight(findings)}

The ladders' gains are over \`byte-bigram\` at the same rung. For comparison: rankings at a small scale are reported to decide about 80 % of
couples right (DataDecide, arXiv 2504.11393: corpora rather than architectures, much larger models).

## What is decided wrongly

By the late loss: ${misses(findings, 'late', 8)}

By the loss fitted at 10 times the bytes: ${misses(findings, 'tenfold', 8)}

## How long is long enough

The loss at a checkpoint on the way of each large run, against the end of the runs on the other seeds. The longer it is, the
shorter the way that is left to foresee:

${lengths(findings)}

## Weights

A total is a weighted sum of the signals. Weights are all multiples of a tenth; of all that decide the most couples right the mean is taken,
which is the middle of what the data cannot tell apart. Against over-fitting, every couple is decided once more by weights that were chosen
*without either of its two architectures*; only that figure says what to expect of new ones. It is to be compared with the plain baseline, which
is fitted to nothing.

${weights(fits)}

The first row has the fit at 10 times the bytes as it is. It does not stand in a policy: a learner can bend its curve to promise much, so what
the score calls \`extrapolated\` never counts more than what has been reached.

Where the intervals of weightings overlap, with each other and with the baseline's, the data does not tell them apart: weights among these are
a choice and not a finding. The rows are what the study proposes, rounded to what it can see: mostly where a run has come to, little for how it got
there.

## What this does not say

- ${factor} times as long is not ${factor} times as large, and models of ${base.maxParameters.toLocaleString('en')} parameters are not large. Nothing here was measured on a GPU.
- What the ladders are for, whether a gain holds for larger models, is not asked of them here: the large runs have the sizes of the small ones.
- One recipe for all. An architecture that needs another learning rate is ranked low at both scales, and rightly so only under this recipe.
- The architectures were chosen by us and are not a sample of what will be submitted. Several are variants of one, so couples are not
  independent; resampling architectures instead of couples widens the intervals for that, and cannot make up for kinds that are missing.
- All signals were defined before these results were seen; weights were not.

## Again

\`npm run study\` trains what is missing in \`study/results/cpu.jsonl\` (all of it: about an hour of one core) and writes this page.
\`npm run study -- --analyse\` writes it from the results that are there. \`npm run study -- --quick\` does a miniature in some minutes, to see
that everything works.
`;
}

/** The main figures in words; true of whatever came out. */
function summary({ foresight: all, fits, lengths: byLength, couples, clearCouples }: Findings): string {
  const told = (name: FigureName) => {
    const one = all.get(name);
    return one === undefined
      ? '-'
      : `${percent(one.accuracy.share)} of all ${couples.length} couples (95 %: ${percentBetween(one.accuracyInterval)}) and ${percent(one.clear.share)} of the ${clearCouples.length} clear ones, Kendall's tau ${tau(one.tau)} (${tauBetween(one.tauInterval)})`;
  };
  const enough = byLength.find(({ accuracy }) => accuracy.share >= AIM);
  return `- The **total** as the default policy weighs it decides right ${told('total')}.
- The **plain baseline**, the loss at the last small checkpoint: ${told('final')}.
- The aim is ${percent(AIM)} of all couples. ${(all.get('total')?.accuracy.share ?? 0) >= AIM ? 'It is reached.' : '**It is not reached.**'} The plain loss of a run reaches it ${enough === undefined ? 'at no length tried' : `at ${enough.step.toLocaleString('en')} of the ${steps('large').toLocaleString('en')} steps`}.
- Weights chosen with hold-out reach ${fits.map(({ heldOut }) => percent(heldOut)).join(', ')} on couples left out. A weighting is worth what it adds to the baseline there.`;
}
