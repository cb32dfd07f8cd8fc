/** Works out the numbers of documents from those that they start from: each function gives the rows that a table has to have. */
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import { pairSchema } from '../../domain/evaluation/runs.ts';
import { payloadMicrobits } from '../../domain/evaluation/signals/area.ts';
import { referenceAtCost } from '../../domain/evaluation/signals/equal-cost.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import { challengerShare, familyShare } from '../../domain/ownership/luck/alpha.ts';
import {
  familyPool,
  judgeDifferences,
  minimumFor,
  runsNeeded,
} from '../../domain/ownership/luck/confirmation.ts';
import { expectedDeviation } from '../../domain/ownership/luck/deviation.ts';
import { studentQuantileMilli } from '../../domain/ownership/luck/quantile.ts';
import { officialPolicy } from '../../domain/policy/profiles.ts';
import { scoreOf } from '../../domain/scoring/score.ts';
import type { Contribution } from '../../domain/weights/earnings.ts';
import { type Kept, keptAfter, keyOf, weightsOf } from '../../domain/weights/weights.ts';
import { idOf, type Script, smallPolicy, tell } from '../support/history.ts';
import { completed } from '../support/measurement.ts';
import { microbitsIn, numberIn } from './markdown.ts';

export type Row = readonly string[];

const plain = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '');
const code = (text: string): string => `\`${text}\``;
/** As documents write it: with commas and a typographic minus. */
const whole = (value: number): string => value.toLocaleString('en').replace('-', '−');
const bits = (microbits: number): string => (microbits / 1e6).toFixed(6).replace('-', '−');

export function payloads(rows: readonly Row[], spanned: number): Row[] {
  return rows.map(([bytes = '']) => [bytes, whole(payloadMicrobits(numberIn(bytes), spanned))]);
}

export function atCost(panel: readonly Row[], rows: readonly Row[]): Row[] {
  const points = panel.map(([cost, figure]) => ({
    costUs: numberIn(cost),
    figureMicrobits: microbitsIn(figure),
  }));
  return rows.map(([cost = '']) => {
    const reading = referenceAtCost(points, numberIn(cost));
    if (reading.kind === 'too-short') throw new Error('the example has no panel');
    return [cost, bits(reading.figureMicrobits)];
  });
}

const none = { area: 0, late: 0, extrapolated: 0, size: 0, depth: 0, sequence: 0, batch: 0 };

/** The score of runs on a plan with two checkpoints and one rung of sizes. */
export function scored(rows: readonly Row[]): DataOf<'SubmissionScored'> {
  const { plan: base, scoring } = smallPolicy;
  const plan = { ...base, ladders: [{ axis: 'size' as const, seeds: 1, rungs: [{ scaleMilli: 250 }] }] };
  const runs = rows.map(([pair, point, seed, first, second, payload]): Measurement => {
    const run = {
      pair: pairSchema.parse(plain(pair)),
      variant: 0,
      point: numberIn(point),
      seed: numberIn(seed),
    };
    const losses = [microbitsIn(first), microbitsIn(second)];
    return completed(run, plan, (checkpoint) => losses[checkpoint] ?? 0, { payloadBytes: numberIn(payload) });
  });
  return scoreOf(runs, {
    plan,
    rules: {
      ...scoring,
      weights: { ...none, area: 500_000, late: 300_000, size: 200_000 },
      penalties: [{ signal: 'gradient-clipping', free: 0, nanobitsPerUnit: 100, capMicrobits: 50_000 }],
    },
    firstTrained: 0,
    ownArchitecture: true,
    basis: '00000000-0000-5000-8000-000000000000',
  });
}

export function cardRows({ card }: DataOf<'SubmissionScored'>): Row[] {
  return card.signals
    .filter(({ weightPpm }) => weightPpm > 0)
    .map(({ signal, weightPpm, gain, contributionPpm }) => [
      code(signal),
      whole(weightPpm),
      bits(gain.meanMicrobits),
      bits(gain.standardErrorMicrobits),
      bits(gain.lowerMicrobits),
      whole(contributionPpm),
    ]);
}

export function totalRow({ total, card, scorePpm }: DataOf<'SubmissionScored'>): Row {
  const taken = card.penalties.reduce((sum, { takenPpm }) => sum + takenPpm, 0);
  const { meanMicrobits, standardErrorMicrobits, lowerMicrobits } = total;
  return [
    bits(meanMicrobits),
    bits(standardErrorMicrobits),
    bits(lowerMicrobits),
    whole(taken),
    whole(scorePpm),
  ];
}

export function quantiles(rows: readonly Row[]): Row[] {
  return rows.map(([alpha = '', degrees = '']) => [
    alpha,
    degrees,
    whole(studentQuantileMilli(numberIn(alpha), numberIn(degrees))),
  ]);
}

const official = officialPolicy.ownership.confirmation;

export function shares(rows: readonly Row[]): Row[] {
  const deviation = expectedDeviation(familyPool([], official));
  return rows.map(([position = '']) => {
    const alphaPpt = familyShare(official.familyAlphaPpm, numberIn(position));
    if (challengerShare(official.challengerAlphaPpm, numberIn(position)) !== alphaPpt)
      throw new Error('the example says one share for families and hotkeys');
    const runs = runsNeeded({ alphaPpt, deviation, rules: official });
    const quantile = studentQuantileMilli(alphaPpt, deviation.degrees + runs - 1);
    return [position, whole(alphaPpt), whole(runs), whole(quantile)];
  });
}

const listed = (cell: string): number[] => cell.split(' ').map((one) => numberIn(one));

/** The second challenge of a family whose recipe stands at 0.05 bits, by a hotkey's first submission. */
export function judged(rows: readonly Row[]): Row[] {
  const alphaPpt = Math.min(
    familyShare(official.familyAlphaPpm, 2),
    challengerShare(official.challengerAlphaPpm, 1),
  );
  return rows.map(([what = '', earlier = '', differences = '']) => {
    const minimumMicrobits = minimumFor(50_000, official);
    const result = judgeDifferences({
      differences: listed(differences),
      earlier: [listed(earlier)],
      alphaPpt,
      minimumMicrobits,
      rules: official,
    });
    const numbers = [
      result.meanMicrobits,
      result.deviationMicrobits,
      result.degrees,
      result.thresholdMilliT,
      result.marginMicrobits,
    ];
    return [what, earlier, differences, ...numbers.map(whole), result.proven ? 'yes' : 'no'];
  });
}

function scriptsOf(rows: readonly Row[]): Script[] {
  const numbers = (from: number) => Array.from({ length: 32 }, (_, i) => from + i);
  const sketches = new Map([
    ['G', numbers(0)],
    ['H', [...numbers(0).slice(0, 30), 98, 99]],
    ['R', numbers(500)],
  ]);
  const kinds = ['full', 'architecture_only', 'training_for_arch'] as const;
  return rows.map(([, who = '', kind, architecture = '', training = '', gain, recipeGain]) => ({
    hotkey: who,
    kind: kinds.find((one) => one === plain(kind)) ?? 'full',
    architecture,
    sketch: sketches.get(architecture) ?? [],
    training,
    gain: microbitsIn(gain),
    recipeGain: microbitsIn(recipeGain),
    copies: who === 'henry',
    resolver: 'refuse',
  }));
}

/** What was decided of each claim, in the order of receipt. */
export function history(rows: readonly Row[]): Row[] {
  const scripts = scriptsOf(rows);
  const { events, ledger } = tell(scripts);
  const dataOf = (type: 'ArchitectureClaimDecided' | 'TrainingClaimDecided', submission: string) =>
    events.find((event) => event.type === type && event.data.submission === submission)?.data;
  return scripts.flatMap((script, index) => {
    const submission = idOf(ledger, script, index);
    return (['ArchitectureClaimDecided', 'TrainingClaimDecided'] as const).flatMap((type) => {
      const data = dataOf(type, submission);
      if (data === undefined) return [];
      const { outcome, valueMicrobits, evidence, challenge } = decisionOf(data);
      const shown =
        evidence === null
          ? ['', '', '', '']
          : [
              evidence.alphaPpt,
              evidence.differences.length,
              evidence.meanMicrobits,
              evidence.marginMicrobits,
            ].map(whole);
      const what = type === 'TrainingClaimDecided' ? 'training' : 'architecture';
      return [
        [
          String(index + 1),
          script.hotkey,
          what,
          challenge === 0 ? '' : String(challenge),
          ...shown,
          code(outcome),
          whole(valueMicrobits),
        ],
      ];
    });
  });
}

function decisionOf(data: Record<string, unknown>) {
  const { challenge = 0, ...rest } = data as Partial<DataOf<'TrainingClaimDecided'>>;
  const { outcome = 'unproven', valueMicrobits = 0, evidence = null } = rest;
  return { outcome, valueMicrobits, evidence, challenge };
}

const rules = { ...smallPolicy.weights, burnHotkey: 'burn' };
const EPOCH = { fromMs: 0, toMs: 1_000 };

export function contributionsIn(rows: readonly Row[]): Contribution[] {
  return rows.map(([family = '', hotkey = '', kind, order, value, error, since, held]) => ({
    family,
    hotkey,
    submission: `submission ${numberIn(order)}`,
    kind: kind === 'training' ? 'training' : 'architecture',
    order: numberIn(order),
    valueMicrobits: microbitsIn(value),
    errorMicrobits: microbitsIn(error),
    sinceMs: numberIn(since),
    held: held === 'yes',
  }));
}

const closed = (contributions: readonly Contribution[], kept: Kept = new Map()) =>
  weightsOf({ epoch: 1, basis: '', span: EPOCH, contributions, kept, rules });

export function items(contributions: readonly Contribution[]): Row[] {
  return closed(contributions).items.map(({ family, hotkey, kind, incrementMicrobits, ppm }) => [
    kind,
    family,
    hotkey,
    whole(incrementMicrobits),
    whole(ppm),
  ]);
}

export function paid(contributions: readonly Contribution[]): Row[] {
  const { shares: of, burn } = closed(contributions);
  return [
    ...of.map(({ hotkey, architecturePpm, trainingPpm, units }) => [
      hotkey,
      whole(architecturePpm),
      whole(trainingPpm),
      whole(units),
    ]),
    ['burn', '0', '0', whole(burn.units)],
  ];
}

/** What becomes, epoch by epoch, of the pay of what is held at first; `rows` say whether it still is. */
export function keptEpochs(contributions: readonly Contribution[], rows: readonly Row[]): Row[] {
  let kept: Kept = new Map();
  return rows.map(([epoch = '', held = '']) => {
    const now = contributions.map((one) => ({ ...one, held: one.held && held === 'yes' }));
    const weights = closed(now, kept);
    kept = keptAfter(kept, now, weights);
    const { submission, kind } = contributions.find((one) => one.held) ?? {
      submission: '',
      kind: 'training',
    };
    const item = weights.items.find((one) => one.submission === submission && one.kind === kind);
    const numbers = [
      item?.ppm ?? 0,
      item?.keptPpm ?? 0,
      item?.releasedPpm ?? 0,
      kept.get(keyOf({ submission, kind })) ?? 0,
    ];
    return [epoch, held, ...numbers.map(whole)];
  });
}
