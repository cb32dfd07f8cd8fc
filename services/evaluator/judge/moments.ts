/** The reference optimiser's state as it comes with a snapshot: for each parameter that has had a gradient two moments and a count. */
import type { Moments } from './adamw.ts';
import type { TensorSpec } from './answers.ts';
import { LearnerFailure } from './learner-failure.ts';
import { assertFinite, type ModelState, stateBytes, tensorsOf } from './tensors.ts';

const KEYS = ['exp_avg', 'exp_avg_sq', 'step'] as const;
type Key = (typeof KEYS)[number];

const keyOf = (key: string): Key | undefined => KEYS.find((known) => known === key);

/** Whether a tensor of the optimiser's is declared as what belongs to this parameter. */
function fits(key: Key, own: TensorSpec, parameter: TensorSpec): boolean {
  if (key === 'step') return own.dtype === 'float32' && own.shape.length === 0;
  return own.dtype === parameter.dtype && own.shape.join() === parameter.shape.join();
}

/**
 * The model's parameters by name, each with its optimiser's state. What belongs to no tensor of the model is refused: it would be a place
 * that nobody looks into.
 * @param where names the operation for the miner
 * Throws `LearnerFailure`: `malformed`, or `non-finite` where a moment is NaN or infinite.
 */
export function momentsOf(
  state: ModelState,
  optimizer: ModelState,
  where: string,
): ReadonlyMap<string, Moments> {
  const malformed = (problem: string) => new LearnerFailure('malformed', where, problem);
  const declared = stateBytes(optimizer.tensors);
  if (declared !== optimizer.body.length) {
    throw malformed(`${declared} bytes of the optimizer's state declared, ${optimizer.body.length} came`);
  }
  assertFinite(optimizer, where);
  const model = new Map([...tensorsOf(state)].map(([tensor, bytes]) => [tensor.name, { tensor, bytes }]));
  const found = new Map<string, { [key in Key]?: Buffer }>();
  for (const [own, bytes] of tensorsOf(optimizer)) {
    const slash = own.name.indexOf('/');
    const [key, name] = [keyOf(own.name.slice(0, slash)), own.name.slice(slash + 1)];
    const parameter = model.get(name);
    const known = found.get(name) ?? {};
    if (
      key === undefined ||
      parameter === undefined ||
      known[key] !== undefined ||
      !fits(key, own, parameter.tensor)
    )
      throw malformed(`the optimizer's tensor ${own.name} belongs to no tensor of the model`);
    found.set(name, { ...known, [key]: bytes });
  }
  const moments = new Map<string, Moments>();
  for (const [name, { exp_avg: first, exp_avg_sq: second, step }] of found) {
    const weights = model.get(name)?.bytes;
    if (weights === undefined || first === undefined || second === undefined || step === undefined)
      throw malformed(`the optimizer's state of ${name} lacks some of ${KEYS.join(', ')}`);
    moments.set(name, { weights, first, second, count: step.readFloatLE() });
  }
  return moments;
}
