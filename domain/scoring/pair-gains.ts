/** What a pair has gained over a baseline: signal by signal, ladder by ladder, and as the weighted total that counts. */
import type { Plan } from '../evaluation/plan.ts';
import type { Pair } from '../evaluation/runs.ts';
import { CURVE_SIGNALS, type CurveSignal, type Signal } from '../evaluation/signal-names.ts';
import { countedExtrapolation } from '../evaluation/signals/extrapolate.ts';
import { lowerBoundMicrobits } from '../evaluation/signals/seed-spread.ts';
import { PPM } from '../evaluation/units.ts';
import type { Policy } from '../policy/policy.ts';
import { apportion } from './apportion.ts';
import type { Gain } from './gain.ts';
import { gainOf } from './gains.ts';
import { type LadderGains, laddersOf } from './ladder-gains.ts';
import type { Baseline, Runs, ScoredRun, Values } from './measured-runs.ts';
import { roundedQuotient } from './statistics.ts';

type Rules = Policy['scoring'];

export type { Baseline } from './measured-runs.ts';

export interface SignalGain {
  readonly signal: Signal;
  /** What it counts in the total; those of all signals sum to one million. */
  readonly weightPpm: number;
  readonly gain: Gain;
}

export interface SeedGain {
  readonly seed: number;
  readonly microbits: number;
}

export interface PairGains {
  readonly signals: readonly SignalGain[];
  readonly ladders: readonly LadderGains[];
  /** The curve's signals in their weights at the base point, seed by seed. */
  readonly bySeed: readonly SeedGain[];
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
  const [tenfold, tenth, area] = [gain('tenfold'), gain('tenth'), gain('area')];
  if (tenfold === null || tenth === null || area === null) return null;
  return countedExtrapolation({ tenfold, tenth, area });
}

interface SeedSignals {
  readonly seed: number;
  /** In the order of `CURVE_SIGNALS`. */
  readonly gains: readonly number[];
}

/** Every signal of every seed at the base point; seeds without a baseline are left out. */
function signalsBySeed(runs: Runs, pair: Pair, baseline: Baseline): readonly SeedSignals[] {
  return runs.of(pair, 0, 0).flatMap((run) => {
    const gains = CURVE_SIGNALS.map((signal) => curveGain(runs, run, signal, baseline));
    const known = gains.filter((gain) => gain !== null);
    return known.length === gains.length ? [{ seed: run.seed, gains: known }] : [];
  });
}

/** Weighted mean of integers; weights sum to more than 0. */
function weighted(parts: readonly (readonly [value: number, weight: number])[]): number {
  const sum = parts.reduce((total, [value, weight]) => total + BigInt(value) * BigInt(weight), 0n);
  return roundedQuotient(sum, BigInt(parts.reduce((total, [, weight]) => total + weight, 0)));
}

function combined(bySeed: readonly SeedSignals[], { weights }: Rules): readonly SeedGain[] {
  return bySeed.map(({ seed, gains }) => ({
    seed,
    microbits: weighted(CURVE_SIGNALS.map((signal, at) => [gains[at] ?? 0, weights[signal]])),
  }));
}

/**
 * The gain of `pair` over `baseline` at the base point, seed by seed in ascending order: the curve's signals in their weights to each other.
 * Seeds without a baseline are left out.
 */
export function combinedBySeed(
  runs: Runs,
  pair: Pair,
  baseline: Baseline,
  rules: Rules,
): readonly SeedGain[] {
  return combined(signalsBySeed(runs, pair, baseline), rules);
}

/** What each signal counts under this plan: a ladder that it does not have leaves its weight to the curve's signals, in their proportion. */
function weightsUnder(plan: Pick<Plan, 'ladders'>, { weights }: Rules) {
  const ladders = plan.ladders.map(({ axis }) => [axis, weights[axis]] as const);
  const curve = PPM - ladders.reduce((sum, [, weight]) => sum + weight, 0);
  const together = CURVE_SIGNALS.reduce((sum, signal) => sum + weights[signal], 0);
  const shares = apportion(
    CURVE_SIGNALS.map((signal) => BigInt(weights[signal]) * BigInt(curve)),
    BigInt(together),
    curve,
  );
  return {
    curve,
    of: new Map<Signal, number>([...CURVE_SIGNALS.map((s, at) => [s, shares[at] ?? 0] as const), ...ladders]),
  };
}

/**
 * The gains of `pair` over `baseline`; null where no run of it has one. Signals of one curve are weighted seed by seed, so that their
 * dependence is in the interval; those of ladders are added with their standard errors, as if they always erred together.
 */
export function gainsOver(
  runs: Runs,
  pair: Pair,
  baseline: Baseline,
  plan: Pick<Plan, 'ladders'>,
  rules: Rules,
): PairGains | null {
  const seeds = signalsBySeed(runs, pair, baseline);
  if (seeds.length === 0) return null;
  const weights = weightsUnder(plan, rules);
  const bySeed = combined(seeds, rules);
  const base = gainOf(
    bySeed.map(({ microbits }) => microbits),
    rules,
  );
  const ofCurve = CURVE_SIGNALS.map((signal, at) => ({
    signal,
    weightPpm: weights.of.get(signal) ?? 0,
    gain: gainOf(
      seeds.map(({ gains }) => gains[at] ?? 0),
      rules,
    ),
  }));
  const ladders = laddersOf(runs, pair, baseline, plan, rules);
  const ofLadders = ladders.map(({ axis, reading }) => ({
    signal: axis,
    weightPpm: weights.of.get(axis) ?? 0,
    gain: reading.worst.gain,
  }));
  const parts = [[base, weights.curve] as const, ...ofLadders.map((s) => [s.gain, s.weightPpm] as const)];
  return { signals: [...ofCurve, ...ofLadders], ladders, bySeed, total: totalOf(base.n, parts, rules) };
}

/** The weighted sum: the curve's part by its combined gain, each ladder's by its own. */
function totalOf(n: number, parts: readonly (readonly [gain: Gain, weight: number])[], rules: Rules): Gain {
  const meanMicrobits = weighted(parts.map(([gain, weight]) => [gain.meanMicrobits, weight]));
  const standardErrorMicrobits = weighted(
    parts.map(([gain, weight]) => [gain.standardErrorMicrobits, weight]),
  );
  const lowerMicrobits = lowerBoundMicrobits(meanMicrobits, standardErrorMicrobits, rules.confidenceMilliZ);
  return { n, meanMicrobits, standardErrorMicrobits, lowerMicrobits };
}
