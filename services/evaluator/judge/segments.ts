/**
 * Which stretches of a run are trained again, and where the judge looks into them. All of it follows from the run's seed, which no container
 * gets.
 */
import { Draws } from '../../../domain/evaluation/draws.ts';
import type { Plan } from '../../../domain/evaluation/plan.ts';

/** Training between two consecutive snapshots of the trainer; both ends in steps done. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/** Between two places in a segment, in steps done, a snapshot is taken after every step. */
export interface Watch {
  readonly from: number;
  readonly to: number;
  /** Where training is taken over by another container; null in a segment of one step, which has no inside. */
  readonly cut: number | null;
}

/** Snapshots of one segment may come to so many bytes: at some 200 MB/s that is below a minute. */
const WATCHED_BYTES = 8 * 1_024 ** 3;
/** However large the model is. */
const LEAST_WATCHED = 16;

/** Up to `wanted` segments, each as likely as it is long, ascending: the run starts at step 0 and has a snapshot at every checkpoint. */
export function secretSegments(
  seed: string,
  { steps, checkpoints }: Pick<Plan, 'steps' | 'checkpoints'>,
  wanted: number,
): readonly Segment[] {
  const segments = checkpoints.map(({ step }, index) => ({
    from: checkpoints[index - 1]?.step ?? 0,
    to: step,
  }));
  const draws = new Draws(seed, 'checked-segments');
  const chosen = new Set<Segment>();
  while (chosen.size < Math.min(wanted, segments.length)) {
    const step = draws.below(steps);
    const found = segments.find(({ to }) => step < to);
    if (found !== undefined) chosen.add(found);
  }
  return segments.filter((segment) => chosen.has(segment));
}

/**
 * Where a segment is watched and cut. All of it is watched where its snapshots come to no more than 8 GiB; otherwise as many steps as do, at
 * least 16, somewhere in it. The cut is anywhere in what is watched, so that nobody who sees a snapshot taken knows that it is the last.
 * @param snapshotBytes of model and optimiser
 */
export function watchOf(seed: string, { from, to }: Segment, snapshotBytes: number): Watch {
  const affordable = Math.max(LEAST_WATCHED, Math.floor(WATCHED_BYTES / snapshotBytes));
  const length = Math.min(to - from, affordable);
  const draws = new Draws(seed, `watched-from-${from}`);
  const start = from + draws.below(to - from - length + 1);
  const first = Math.max(start, from + 1);
  const last = Math.min(start + length, to - 1);
  const cut = last < first ? null : first + draws.below(last - first + 1);
  return { from: start, to: start + length, cut };
}
