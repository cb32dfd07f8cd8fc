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

/** A container that has trained on from a snapshot, with its states after the first step and at the end. */
interface GoneOn {
  readonly replayer: Learner;
  readonly first: Snapshot;
  readonly last: Snapshot;
}

/** Trains a fresh container from a snapshot at `from` steps to `to`, and looks after its first step and after every one that is watched. */
async function goOn(
  replaying: Replaying,
  start: Snapshot,
  { from, to }: Segment,
  watch: Watch,
): Promise<GoneOn> {
  const replayer = await replaying.fresh();
  await replayer.load(start.state, from, start.optimizer);
  let [first, last] = [start, start];
  for (let step = from; step < to; step += 1) {
    await replayer.train(step, replaying.batch(step));
    const done = step + 1;
    const isWatched = done >= watch.from && done <= watch.to;
    if (!isWatched && step !== from && done !== to) continue;
    const now = await replayer.snapshot(done, true);
    if (step >= watch.from && isWatched) replaying.unlearned.note(step, last, now);
    if (step === from) first = now;
    last = now;
  }
  return { replayer, first, last };
}

/** Which tensor of two states is not the same, for the miner; null where all are. */
function difference(again: Snapshot, first: Snapshot, device: 'cpu' | 'cuda'): string | null {
  const model = differing(again.state, first.state, device);
  const optimizer = differing(again.optimizer, first.optimizer, device);
  return model ?? (optimizer === null ? null : `the optimizer's ${optimizer}`);
}

const impure = (where: string, how: string, tensor: string): LearnerFailure =>
  new LearnerFailure(
    'impure',
    where,
    `${how}, ${tensor} comes out otherwise; training must depend on its tensors and the batch only`,
  );

/**
 * Does a segment again and compares where it ends; then a container is thrown back to where it started from, and has to take its first step as
 * it took it before. Throws `LearnerFailure`: `impure` where that or the trainer came out elsewhere, `unlearned-state` where too much of the
 * model moves otherwise than by the judge's recipe.
 */
export async function repeatSegment(replaying: Replaying, seen: SeenSegment, watch: Watch): Promise<void> {
  const { from, to, start, end } = seen;
  const { device, batch } = replaying;
  const at = watch.cut ?? from;
  const before = at === from ? start : (await goOn(replaying, start, { from, to: at }, watch)).last;
  const { replayer, first, last } = await goOn(replaying, before, { from: at, to }, watch);
  const elsewhere = difference(last, end, device);
  if (elsewhere !== null) {
    const how = 'done again in fresh containers from the same tensors and bytes';
    throw impure(`train, steps ${from + 1} to ${to}`, how, elsewhere);
  }
  await replayer.load(before.state, at, before.optimizer);
  await replayer.train(at, batch(at));
  const thrownBack = difference(await replayer.snapshot(at + 1, true), first, device);
  if (thrownBack !== null) {
    const how = 'taken again after later ones, from the same tensors and bytes';
    throw impure(`train, step ${at + 1}`, how, thrownBack);
  }
}
