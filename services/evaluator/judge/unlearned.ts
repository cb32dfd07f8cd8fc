/** How much of a model moves otherwise than by the judge's recipe. */
import { PPM } from '../../../domain/evaluation/units.ts';
import { type Moments, REFERENCE_RECIPE, stepped } from './adamw.ts';
import type { Snapshot } from './learner.ts';
import { LearnerFailure } from './learner-failure.ts';
import { tensorsOf } from './tensors.ts';

/** A gradient's norm, read off moments in bfloat16, may be off by so much. */
const NORM_SLACK = 1.25;
/** Tensors that are named to the miner. */
const NAMED = 3;

/** A model with what the optimiser keeps of it. */
type Model = Pick<Snapshot, 'state' | 'moments'>;

/** A parameter before its first gradient. */
function untouched(weights: Buffer, like: Moments): Moments {
  const zeros = Buffer.alloc(like.first.length);
  return { weights, first: zeros, second: zeros, count: 0 };
}

/**
 * Tensors that the step before `after` changed in another way than the recipe does: parameters of which one element is not what AdamW makes of
 * it, all of them where the gradient was not clipped, and whatever the optimiser does not move at all.
 * @param step from 0
 */
export function movedOtherwise(
  before: Model,
  after: Model,
  step: number,
  device: 'cpu' | 'cuda',
): readonly string[] {
  const moved: string[] = [];
  const earlier = [...tensorsOf(before.state)];
  let squared = 0;
  for (const [index, [{ name, dtype }, bytes]] of [...tensorsOf(after.state)].entries()) {
    const was = earlier[index]?.[1] ?? Buffer.alloc(0);
    const moments = after.moments.get(name);
    if (moments === undefined) {
      if (before.moments.has(name) || !was.equals(bytes)) moved.push(name);
      continue;
    }
    const then = before.moments.get(name) ?? untouched(was, moments);
    const way = stepped(then, moments, dtype, step, device);
    if (way === 'otherwise') moved.push(name);
    else squared += way.squaredGradient;
  }
  const isClipped = Math.sqrt(squared) <= REFERENCE_RECIPE.clipNorm * NORM_SLACK;
  return isClipped ? moved : [...new Set([...moved, ...after.moments.keys()])];
}

/** Adds up, over the steps of a run that are watched, which tensors ever moved otherwise. */
export class Unlearned {
  readonly #ppm: number;
  readonly #device: 'cpu' | 'cuda';
  readonly #names = new Set<string>();
  #bytes = 0;

  /** @param ppm share of the state that may */
  constructor(ppm: number, device: 'cpu' | 'cuda') {
    this.#ppm = ppm;
    this.#device = device;
  }

  /** Of all tensors that did in any step: counting in another part of the model at each is no way around the limit. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * A tensor counts whole, however few of its elements moved: a table in which a batch counts changes in few places at each step.
   * @param step from 0
   * Throws `LearnerFailure` of kind `unlearned-state` where it comes to more than the allowed share.
   */
  note(step: number, before: Model, after: Model): void {
    const moved = movedOtherwise(before, after, step, this.#device);
    for (const name of moved) this.#names.add(name);
    this.#bytes = [...tensorsOf(after.state)]
      .filter(([{ name }]) => this.#names.has(name))
      .reduce((sum, [, bytes]) => sum + bytes.length, 0);
    const total = after.state.body.length;
    if (this.#bytes * PPM <= total * this.#ppm) return;
    const named = [...this.#names].slice(0, NAMED).join(', ');
    throw new LearnerFailure(
      'unlearned-state',
      `train, step ${step + 1}`,
      `${this.#bytes} of ${total} bytes of state (${named}${this.#names.size > NAMED ? ', ...' : ''}) do not move as the judge's AdamW moves parameters; allowed are ${this.#ppm} ppm. What a model learns has to be learnt by gradients`,
    );
  }
}
