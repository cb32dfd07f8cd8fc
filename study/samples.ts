/** The results arranged by architecture, with everything that a signal may look at, and the truth that it should have foreseen. */
import type { CurvePoint } from '../domain/evaluation/measurement.ts';
import type { Rung } from './plans.ts';
import type { Result } from './results.ts';

export type Curve = readonly CurvePoint[];

/** About how far the losses of single windows scatter, in microbits: of every architecture here within a half of it. */
const SCATTER = 2_000_000;

export interface Sample {
  readonly name: string;
  readonly parameters: number;
  /** Curves at small scale, by seed. */
  readonly small: readonly Curve[];
  /** Curves at large scale, by seed. */
  readonly large: readonly Curve[];
  /** Curves of the ladders, each on seed 0; a rung that changes nothing for this architecture has none. */
  readonly rungs: ReadonlyMap<Rung, Curve>;
}

function curveOf({ curve }: Result): Curve {
  return curve.map(([step, bytesRevealed, lossMicrobits, windows]) => ({
    step,
    bytesRevealed,
    lossMicrobits,
    windows,
    standardErrorMicrobits: windows === 0 ? 0 : Math.round(SCATTER / Math.sqrt(windows)),
  }));
}

function bySeed(results: readonly Result[]): Curve[] {
  return results.toSorted((a, b) => a.seed - b.seed).map(curveOf);
}

/** Architectures in the order of their names. Throws where one has not been run on the same seeds as the others. */
export function samplesOf(results: readonly Result[]): Sample[] {
  const names = [...new Set(results.map((result) => result.architecture))].sort();
  const samples = names.map((name): Sample => {
    const own = results.filter((result) => result.architecture === name);
    const base = own.filter((result) => result.rung === 'base');
    const small = base.filter((result) => result.scale === 'small');
    const rungs = own.filter((result) => result.rung !== 'base');
    return {
      name,
      parameters: small[0]?.parameters ?? 0,
      small: bySeed(small),
      large: bySeed(base.filter((result) => result.scale === 'large')),
      rungs: new Map(rungs.map((result) => [result.rung, curveOf(result)])),
    };
  });
  for (const { name, small, large } of samples) {
    if (
      small.length === 0 ||
      large.length === 0 ||
      small.length !== samples[0]?.small.length ||
      large.length !== samples[0].large.length
    ) {
      throw new Error(
        `${name} has ${small.length} small and ${large.length} large runs, ${samples[0]?.name} has ${samples[0]?.small.length} and ${samples[0]?.large.length}: let the study finish (npm run study)`,
      );
    }
  }
  return samples;
}

/** Loss in bits per byte over the checkpoints from `share` of the steps on, each by its number of windows. */
export function lossSince(curve: Curve, share: number): number {
  const steps = curve.at(-1)?.step ?? 0;
  const points = curve.filter((point) => point.step >= share * steps - 1e-9);
  // A run that its learner ended was judged on no window at its end: each such checkpoint counts as one.
  const windows = points.reduce((sum, point) => sum + Math.max(1, point.windows), 0);
  return (
    points.reduce((sum, point) => sum + point.lossMicrobits * Math.max(1, point.windows), 0) / windows / 1e6
  );
}
