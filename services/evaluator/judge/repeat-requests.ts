/**
 * Judged requests, asked again in a fresh container: a prefix has to get the same answer whatever it stands beside, and whatever came before.
 *
 * At first a predictor answers many prefixes in one request, one request after another. What it learns from some of them it can use for others, and
 * a request that is repeated as it was would let it do so again. So of every request some rows are asked alone and others in another company, the last
 * request first: nothing that could have been learnt from by then has come. Whoever adapted cannot give the same answer there, even if it knows that
 * this is the repetition.
 */
import { Draws } from '../../../domain/evaluation/draws.ts';
import { VOCABULARY } from '../../../domain/evaluation/loss.ts';
import { farthestPrediction, PREDICTION_TOLERANCE } from './agreement.ts';
import type { Learner } from './learner.ts';
import { LearnerFailure } from './learner-failure.ts';
import type { RunSpec } from './run.ts';
import type { ModelState } from './tensors.ts';

/** A request as it was answered at first. */
export interface SeenRequest {
  /** From 0, and the request's place in it. */
  readonly checkpoint: number;
  readonly request: number;
  /** Steps that the model had been trained for. */
  readonly step: number;
  readonly state: ModelState;
  readonly prefixes: Buffer;
  readonly count: number;
  readonly length: number;
  readonly logits: Float32Array;
}

/** Rows of a request by what they are asked together with: `alone` of them by themselves, then half of the others, in an order of their own. */
export function rowsAgain(
  seed: string,
  { checkpoint, request, count }: Pick<SeenRequest, 'checkpoint' | 'request' | 'count'>,
  alone: number,
): readonly (readonly number[])[] {
  const draws = new Draws(seed, `repeated-rows/${checkpoint}/${request}`);
  const order = draws.shuffle(Array.from({ length: count }, (_, row) => row));
  const others = order.slice(alone);
  const together = others.slice(0, Math.ceil(others.length / 2));
  return [...order.slice(0, alone).map((row) => [row]), together].filter((rows) => rows.length > 0);
}

interface Repeating {
  readonly run: Pick<RunSpec, 'seed' | 'checks'>;
  readonly device: 'cpu' | 'cuda';
  /** The inference hook answers, rather than plain `forward`. */
  readonly hook?: boolean;
}

async function repeatRows(
  replayer: Learner,
  seen: SeenRequest,
  rows: readonly number[],
  { device, hook = false }: Repeating,
): Promise<void> {
  const { step, prefixes, length, logits } = seen;
  const chosen = Buffer.concat(rows.map((row) => prefixes.subarray(row * length, (row + 1) * length)));
  const again = await replayer.predict(chosen, rows.length, length, step, hook);
  const tolerance = PREDICTION_TOLERANCE[device];
  for (const [index, row] of rows.entries()) {
    const first = logits.subarray(row * VOCABULARY, (row + 1) * VOCABULARY);
    const distance = farthestPrediction(again.subarray(index * VOCABULARY, (index + 1) * VOCABULARY), first);
    if (distance <= tolerance) continue;
    const beside = rows.length === 1 ? 'alone' : `beside ${rows.length - 1} of the others`;
    throw new LearnerFailure(
      'impure',
      `predict, step ${step}`,
      `asked again in a fresh container, ${beside}, a prefix gets another answer: log-probabilities differ by ${distance.toPrecision(3)}, allowed are ${tolerance}. ${hook ? 'The inference hook' : 'In eval mode forward'} must answer each prefix by itself, whatever is in the batch and whatever came before`,
    );
  }
}

/**
 * Repeats requests in `replayer`, a container that no prefix has come to. Returns how many prefixes were asked again. Throws `LearnerFailure`:
 * `impure` where an answer differs.
 * @param seen in the order in which they were asked
 */
export async function repeatRequests(
  replayer: Learner,
  seen: readonly SeenRequest[],
  repeating: Repeating,
): Promise<number> {
  const { seed, checks } = repeating.run;
  let loaded: ModelState | null = null;
  let repeated = 0;
  for (const request of seen.toReversed()) {
    if (request.state !== loaded) await replayer.load(request.state, request.step);
    loaded = request.state;
    for (const rows of rowsAgain(seed, request, checks.predictions)) {
      await repeatRows(replayer, request, rows, repeating);
      repeated += rows.length;
    }
  }
  return repeated;
}
