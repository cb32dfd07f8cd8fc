/** Writes the card of a pair's gains. */
import { hash } from 'node:crypto';
import { INSTRUMENTED } from '../evaluation/penalty-rules.ts';
import type { Plan } from '../evaluation/plan.ts';
import type { Signal } from '../evaluation/signal-names.ts';
import { areaStandardErrorMicrobits } from '../evaluation/signals/area.ts';
import { extrapolationInterval } from '../evaluation/signals/extrapolate.ts';
import { LAST_FIFTH, lateStandardErrorMicrobits } from '../evaluation/signals/late.ts';
import { seedSpread } from '../evaluation/signals/seed-spread.ts';
import type { Policy } from '../policy/policy.ts';
import type { Card } from './card.ts';
import { contributionsOf, takenPpm } from './contributions.ts';
import { growthOf } from './growth.ts';
import type { LadderGains } from './ladder-gains.ts';
import type { Runs, ScoredRun } from './measured-runs.ts';
import type { PairGains, SeedGain } from './pair-gains.ts';
import type { Penalty } from './penalties.ts';

/** Standard error of one curve that the sampling of its windows makes, by signal. */
const SAMPLING: { readonly [signal in Signal]?: (curve: ScoredRun['curve']) => number | null } = {
  area: areaStandardErrorMicrobits,
  late: (curve) => lateStandardErrorMicrobits(curve, LAST_FIFTH),
};

/** The same of the mean over seeds, whose windows are not shared. */
function samplingOf(signal: Signal, base: readonly ScoredRun[]): number | null {
  const errors = base.map(({ curve }) => SAMPLING[signal]?.(curve) ?? null);
  const known = errors.filter((error) => error !== null);
  if (known.length === 0 || known.length < errors.length) return null;
  return Math.round(Math.sqrt(known.reduce((sum, error) => sum + error * error, 0)) / known.length);
}

function trendLine(trend: LadderGains['reading']['trend']): Card['ladders'][number]['trend'] {
  if (trend.kind === 'too-short') return null;
  const { kind: _, ...line } = trend;
  return line;
}

function ladderLine({ axis, rungs, reading: { worst, trend } }: LadderGains): Card['ladders'][number] {
  return {
    axis,
    rungs: [...rungs],
    worstScaleMilli: worst.scaleMilli,
    trend: trendLine(trend),
  };
}

function seedLines(bySeed: readonly SeedGain[], rules: Policy['scoring']): Card['seeds'] {
  const spread = seedSpread(
    bySeed.map(({ microbits }) => microbits),
    rules.standardErrorFloorMicrobits,
  );
  if (spread.kind !== 'reading') throw new RangeError('a card needs a gain in whole microbits on each seed');
  const { standardDeviationMicrobits, uncertaintyMicrobits } = spread;
  return { gains: [...bySeed], standardDeviationMicrobits, uncertaintyMicrobits };
}

/** @param draws 64 hex digits that the intervals are drawn from */
function extrapolationLines(base: readonly ScoredRun[], draws: string): Card['extrapolation'] {
  return base.flatMap(({ seed, curve }) => {
    const fit = extrapolationInterval(curve, draws);
    if (fit.kind === 'too-short') return [];
    const { kind: _, ...line } = fit;
    return [{ seed, ...line }];
  });
}

export interface CardSpec {
  readonly pair: Card['pair'];
  readonly plan: Pick<Plan, 'ladders'>;
  readonly rules: Policy['scoring'];
  /** Lower bound of the total, penalties taken off, in parts per million. */
  readonly sumPpm: number;
  /** Id of the last measurement: unknown while anything is run. */
  readonly basis: string;
}

export function cardOf(runs: Runs, gains: PairGains, penalties: readonly Penalty[], spec: CardSpec): Card {
  const { pair, plan, rules, sumPpm, basis } = spec;
  const base = runs.of(pair, 0, 0);
  const taken = penalties.map((penalty) => ({
    ...penalty,
    source: INSTRUMENTED.some((name) => name === penalty.signal)
      ? ('instrumented' as const)
      : ('judged' as const),
    takenPpm: takenPpm(penalty.microbits),
  }));
  const contributions = contributionsOf(
    gains,
    taken.reduce((sum, line) => sum + line.takenPpm, sumPpm),
  );
  return {
    pair,
    sumPpm,
    signals: gains.signals.map((line, at) => ({
      ...line,
      contributionPpm: contributions[at] ?? 0,
      samplingMicrobits: samplingOf(line.signal, base),
    })),
    penalties: taken,
    ladders: gains.ladders.map(ladderLine),
    seeds: seedLines(gains.bySeed, rules),
    // A hundred fits for each curve: not for a signal that no total is made of.
    extrapolation: rules.weights.extrapolated > 0 ? extrapolationLines(base, hash('sha256', basis)) : [],
    growth: growthOf(runs, pair, plan),
  };
}
