/** What a pair has gained over a baseline: signal by signal, and as the weighted total that counts. */
import type { Plan } from '../evaluation/plan.ts';
import { CURVE_SIGNALS, type CurveSignal, type Signal } from '../evaluation/signal-names.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gain } from './gain.ts';
import { gainOf } from './gains.ts';
import type { Runs, ScoredRun, Values } from './measured-runs.ts';
import { roundedQuotient } from './statistics.ts';

type Rules = Policy['scoring'];

/** The value that a run has to beat, of one kind; null where it was not measured. */
export type Baseline = (run: ScoredRun, key: keyof Values) => number | null;

export interface SignalGain {
  readonly signal: Signal;
  readonly weightPpm: number;
  readonly gain: Gain;
}

export interface PairGains {
  readonly signals: readonly SignalGain[];
  /** Before anything is taken off. */
  readonly total: Gain;
}

/** Gain of one run by one signal; null where its baseline is missing. */
function curveGain(runs: Runs, run: ScoredRun, signal: CurveSignal, baseline: Baseline): number | null {
  const gain = (key: keyof Values): number | null => {
    const base = baseline(run, key);
    return base === null ? null : base - runs.value(run, key);
  };
  if (signal !== 'extrapolated') return gain(signal);
  const gains = [gain('tenfold'), gain('tenth'), gain('area')].filter((one) => one !== null);
  // A curve that was bent to promise much is worth no more than what it has kept so far.
  return gains.length === 3 ? Math.min(...gains) : null;
}

/** Every weighted signal of every seed; seeds without a baseline are left out. */
function bySeedOf(
  runs: Runs,
  pair: 'architecture' | 'recipe',
  baseline: Baseline,
  signals: readonly CurveSignal[],
) {
  return runs.of(pair, 0, 0).flatMap((run) => {
    const gains = signals.map((signal) => curveGain(runs, run, signal, baseline));
    const known = gains.filter((gain) => gain !== null);
    return known.length === signals.length ? [known] : [];
  });
}

/** Weighted mean of integers; weights sum to more than 0. */
function weighted(parts: readonly (readonly [value: number, weight: number])[]): number {
  const sum = parts.reduce((total, [value, weight]) => total + BigInt(value) * BigInt(weight), 0n);
  return roundedQuotient(sum, BigInt(parts.reduce((total, [, weight]) => total + weight, 0)));
}

function rungGain(
  runs: Runs,
  pair: 'architecture' | 'recipe',
  point: number,
  baseline: Baseline,
  rules: Rules,
): Gain | null {
  const differences = runs.of(pair, 0, point).flatMap((run) => {
    const base = baseline(run, 'figure');
    return base === null ? [] : [base - runs.value(run, 'figure')];
  });
  return differences.length === 0 ? null : gainOf(differences, rules);
}

/** A ladder is read at its worst rung, the base point among them. */
function worst(gains: readonly Gain[]): Gain | undefined {
  return gains.reduce<Gain | undefined>(
    (least, gain) => (least === undefined || gain.lowerMicrobits < least.lowerMicrobits ? gain : least),
    undefined,
  );
}

/**
 * The gains of `pair` over `baseline`; null where no run of it has one. Signals of one curve are weighted seed by seed, so that their
 * dependence is in the interval; those of ladders are added with their standard errors, as if they always erred together.
 */
export function gainsOver(
  runs: Runs,
  pair: 'architecture' | 'recipe',
  baseline: Baseline,
  plan: Pick<Plan, 'ladders'>,
  rules: Rules,
): PairGains | null {
  const read = CURVE_SIGNALS.filter((signal) => rules.weights[signal] > 0);
  const bySeed = bySeedOf(runs, pair, baseline, read);
  if (bySeed.length === 0) return null;
  const combined = (gains: readonly number[]) =>
    weighted(read.map((signal, at) => [gains[at] ?? 0, rules.weights[signal]]));
  const base = gainOf(bySeed.map(combined), rules);
  const signals: SignalGain[] = read.map((signal, at) => ({
    signal,
    weightPpm: rules.weights[signal],
    gain: gainOf(
      bySeed.map((gains) => gains[at] ?? 0),
      rules,
    ),
  }));
  const baseFigure = rungGain(runs, pair, 0, baseline, rules);
  let point = 0;
  for (const { axis, rungs } of plan.ladders) {
    const gains = rungs.flatMap(() => {
      point += 1;
      return rungGain(runs, pair, point, baseline, rules) ?? [];
    });
    const gain = worst(baseFigure === null ? gains : [baseFigure, ...gains]) ?? base;
    signals.push({ signal: axis, weightPpm: rules.weights[axis], gain });
  }
  return { signals, total: totalOf(base, signals, rules) };
}

/** The weighted sum: the curve's part by its combined gain, each ladder's by its own. */
function totalOf(base: Gain, signals: readonly SignalGain[], rules: Rules): Gain {
  const curveWeight = CURVE_SIGNALS.reduce((sum, signal) => sum + rules.weights[signal], 0);
  const ladders = signals.filter(({ signal }) => !CURVE_SIGNALS.some((name) => name === signal));
  const parts = [
    [base, curveWeight] as const,
    ...ladders.map(({ gain, weightPpm }) => [gain, weightPpm] as const),
  ];
  const meanMicrobits = weighted(parts.map(([gain, weight]) => [gain.meanMicrobits, weight]));
  const standardErrorMicrobits = weighted(
    parts.map(([gain, weight]) => [gain.standardErrorMicrobits, weight]),
  );
  const margin = roundedQuotient(BigInt(standardErrorMicrobits) * BigInt(rules.confidenceMilliZ), 1_000n);
  return { n: base.n, meanMicrobits, standardErrorMicrobits, lowerMicrobits: meanMicrobits - margin };
}
