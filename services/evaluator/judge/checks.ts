/**
 * What is done again in a fresh container: a secret step and a secret request of the run. The same tensors and the same bytes have to give the
 * same answer there, and a step in which the optimiser moves nothing may change little.
 */
import { Draws } from '../../../domain/evaluation/draws.ts';
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import type { Plan } from '../../../domain/evaluation/plan.ts';
import { PPM } from '../../../domain/evaluation/units.ts';
import { differs } from './agreement.ts';
import type { Learner, Snapshot } from './learner.ts';
import { LearnerFailure } from './learner-failure.ts';
import type { RunSpec } from './run.ts';
import { type ModelState, tensorsOf } from './tensors.ts';

/** Places that only the judge knows. */
export interface SecretPlaces {
  /** Steps, from 0, ascending. */
  readonly steps: ReadonlySet<number>;
  /** `checkpoint/request`, both from 0. */
  readonly requests: ReadonlySet<string>;
}

export const placeOf = (checkpoint: number, request: number): string => `${checkpoint}/${request}`;

/** @param requests how many requests each checkpoint has */
export function secretPlaces(
  seed: string,
  plan: Pick<Plan, 'steps'>,
  requests: readonly number[],
  checks: RunSpec['checks'],
): SecretPlaces {
  const steps = new Set<number>();
  const draws = new Draws(seed, 'checked-steps');
  while (steps.size < Math.min(checks.steps, plan.steps)) steps.add(draws.below(plan.steps));
  const all = requests.flatMap((count, checkpoint) =>
    Array.from({ length: count }, (_, request) => placeOf(checkpoint, request)),
  );
  const order = new Draws(seed, 'checked-requests').shuffle(all.map((_, index) => index));
  const chosen = order.slice(0, checks.predictions).flatMap((index) => all[index] ?? []);
  return { steps, requests: new Set(chosen) };
}

/** A step as it was seen in the trainer. */
export interface SeenStep {
  /** From 0. */
  readonly step: number;
  readonly batch: Buffer;
  readonly before: Snapshot;
  readonly after: ModelState;
}

/** A request as a predictor answered it. */
export interface SeenRequest {
  readonly step: number;
  readonly state: ModelState;
  readonly prefixes: Buffer;
  readonly count: number;
  readonly length: number;
  readonly logits: Float32Array;
}

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

async function repeatRequest(replayer: Learner, seen: SeenRequest, device: 'cpu' | 'cuda'): Promise<void> {
  const { step, state, prefixes, count, length, logits } = seen;
  await replayer.load(state, step);
  const again = await replayer.predict(prefixes, count, length, step);
  if (differs(bytesOf(again), bytesOf(logits), 'float32', device)) {
    throw new LearnerFailure(
      'impure',
      `predict, step ${step}: a fresh container with the same tensors answers the same prefixes otherwise; forward must depend on its tensors and the batch only`,
    );
  }
}

/** Repeats the step, then takes it with the optimiser moving nothing. Returns the bytes of the tensors that changed all the same. */
async function repeatStep(replayer: Learner, seen: SeenStep, device: 'cpu' | 'cuda'): Promise<number> {
  const { step, batch, before, after } = seen;
  await replayer.load(before.state, step, before.optimizer);
  await replayer.train(step, batch);
  const again = await replayer.snapshot(step + 1);
  for (const [index, [tensor, bytes]] of [...tensorsOf(again.state)].entries()) {
    const expected = [...tensorsOf(after)][index]?.[1] ?? Buffer.alloc(0);
    if (differs(bytes, expected, tensor.dtype, device)) {
      throw new LearnerFailure(
        'impure',
        `train, step ${step + 1}: repeated in a fresh container from the same tensors and bytes, ${tensor.name} comes out otherwise; training must depend on its tensors and the batch only`,
      );
    }
  }
  await replayer.load(before.state, step, before.optimizer);
  await replayer.train(step, batch, true);
  const still = await replayer.snapshot(step + 1);
  const earlier = [...tensorsOf(before.state)];
  return [...tensorsOf(still.state)].reduce(
    (sum, [, bytes], index) => sum + (earlier[index]?.[1].equals(bytes) ? 0 : bytes.length),
    0,
  );
}

/**
 * Repeats what was seen in `replayer`, a fresh container. Throws `LearnerFailure`: `impure` where an answer differs, `unlearned-state` where more
 * than the plan's share of the state changes although the optimiser moves nothing.
 */
export async function repeat(
  run: RunSpec,
  replayer: Learner,
  seen: { readonly steps: readonly SeenStep[]; readonly requests: readonly SeenRequest[] },
  device: 'cpu' | 'cuda',
): Promise<Measurement['checks']> {
  // Last first: what adapts to what it was asked before has been asked something else before.
  for (const request of seen.requests.toReversed()) await repeatRequest(replayer, request, device);
  let unlearnedBytes: number | null = null;
  for (const step of seen.steps) {
    const moved = await repeatStep(replayer, step, device);
    unlearnedBytes = Math.max(unlearnedBytes ?? 0, moved);
    const total = step.after.body.length;
    if (moved * PPM > total * run.plan.checks.unlearnedPpm) {
      throw new LearnerFailure(
        'unlearned-state',
        `train, step ${step.step + 1}: ${moved} of ${total} bytes of state change although the optimiser moves nothing; allowed are ${run.plan.checks.unlearnedPpm} ppm. What a model learns has to be learnt by gradients`,
      );
    }
  }
  return { steps: seen.steps.length, predictions: seen.requests.length, unlearnedBytes };
}
