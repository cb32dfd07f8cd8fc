/**
 * Training that is done again from the trainer's snapshots, in fresh containers. A replayer cannot know where it will be cut off and another
 * one go on from its tensors, so whatever else it remembers is lost at a place that nobody can prepare for.
 */
import { differs } from './agreement.ts';
import type { Learner, Snapshot } from './learner.ts';
import { LearnerFailure } from './learner-failure.ts';
import type { Segment, Watch } from './segments.ts';
import { type ModelState, tensorsOf } from './tensors.ts';
import type { Unlearned } from './unlearned.ts';

/** What a segment is done again with. */
export interface Replaying {
  /** A fresh container with the project's model in it, in place of the last one. */
  readonly fresh: () => Promise<Learner>;
  /** @param step from 0 */
  readonly batch: (step: number) => Buffer;
  readonly unlearned: Unlearned;
  readonly device: 'cpu' | 'cuda';
}

/** A segment as the trainer went through it. */
export interface SeenSegment extends Segment {
  readonly start: Snapshot;
  readonly end: Snapshot;
}

/** The first tensor that is not the same, by name; null where all are. */
function differing(again: ModelState, first: ModelState, device: 'cpu' | 'cuda'): string | null {
  const expected = [...tensorsOf(first)];
  const came = [...tensorsOf(again)];
  for (let index = 0; index < Math.max(expected.length, came.length); index += 1) {
    const [tensor, bytes] = came[index] ?? [];
    const [wanted, value] = expected[index] ?? [];
    if (tensor === undefined || wanted === undefined || bytes === undefined || value === undefined)
      return (tensor ?? wanted)?.name ?? null;
    if (tensor.name !== wanted.name || differs(bytes, value, wanted.dtype, device)) return wanted.name;
  }
  return null;
}

/** Trains a fresh container from a snapshot at `from` steps to `to`, and looks after every step that is watched. Returns the state at `to`. */
async function goOn(
  replaying: Replaying,
  start: Snapshot,
  { from, to }: Segment,
  watch: Watch,
): Promise<Snapshot> {
  const replayer = await replaying.fresh();
  await replayer.load(start.state, from, start.optimizer);
  let last = start;
  for (let step = from; step < to; step += 1) {
    await replayer.train(step, replaying.batch(step));
    const done = step + 1;
    if (done !== to && (done < watch.from || done > watch.to)) continue;
    const now = await replayer.snapshot(done, true);
    if (step >= watch.from && done <= watch.to) replaying.unlearned.note(step, last, now);
    last = now;
  }
  return last;
}

/**
 * Does a segment again and compares where it ends. Throws `LearnerFailure`: `impure` where the trainer came out elsewhere, `unlearned-state`
 * where too much of the model moves otherwise than by the judge's recipe.
 */
export async function repeatSegment(replaying: Replaying, seen: SeenSegment, watch: Watch): Promise<void> {
  const { from, to, start, end } = seen;
  const { cut } = watch;
  const before = cut === null ? start : await goOn(replaying, start, { from, to: cut }, watch);
  const again = await goOn(replaying, before, { from: cut ?? from, to }, watch);
  const { device } = replaying;
  const model = differing(again.state, end.state, device);
  const other = model ?? differing(again.optimizer, end.optimizer, device);
  if (other === null) return;
  throw new LearnerFailure(
    'impure',
    `train, steps ${from + 1} to ${to}: done again in fresh containers from the same tensors and bytes, ${model === null ? "the optimizer's " : ''}${other} comes out otherwise; training must depend on its tensors and the batch only`,
  );
}
