/**
 * A learner that is not PyTorch: it counts the bytes revealed to it and predicts by their frequency, so that its judged loss falls from 8
 * bits towards the text's unigram entropy, the faster the sharper. Deterministic, and as fast as counting. What it counts are weights that
 * the judge's optimiser moves, as far as anyone can see.
 */

import type { Frame } from '../../domain/ports.ts';
import { log } from '../../domain/scoring/real.ts';
import type { Script } from './script.ts';
import { ScriptedAdamw } from './scripted-adamw.ts';

const VOCABULARY = 256;
const EMPTY = Buffer.alloc(0);
/** What a weight is moved by for every byte that is counted. */
const QUANTUM = 2e-9;
const COUNTS = { name: 'counts', dtype: 'float32', shape: [VOCABULARY] };

const emptyTensor = (_: unknown, index: number) => ({ name: `empty ${index}`, dtype: 'float32', shape: [0] });

const numberIn = (header: Frame['header'], key: string): number => {
  const value = header[key];
  if (typeof value !== 'number') throw new TypeError(`${key} is not a number`);
  return value;
};

function float32Bytes(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes;
}

export class ScriptedLearner {
  readonly #script: Script;
  #sharpness = 0;
  readonly #weights = new ScriptedAdamw(VOCABULARY);
  #hookUses: { readonly [hook: string]: number } = {};
  #predictions = 0;
  #steps = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  answer(header: Frame['header'], body: Buffer): Frame {
    switch (header.op) {
      case 'build': {
        const ownRecipe = header.recipe === 'submission';
        this.#sharpness = ownRecipe
          ? (this.#script.recipeSharpness ?? this.#script.sharpness)
          : this.#script.sharpness;
        this.#hookUses = ownRecipe ? Object.fromEntries(this.#script.hooksUsed.map((name) => [name, 1])) : {};
        return { header: { ok: true, parameters: VOCABULARY, recipe: null, hooksPresent: [] }, body: EMPTY };
      }
      case 'train':
        this.#train(body, numberIn(header, 'step'));
        return { header: { ok: true, step: header.step }, body: EMPTY };
      case 'snapshot': {
        const { weights } = this.#weights;
        const optimizer = header.optimizer === true ? this.#weights.state('counts') : null;
        return {
          header: {
            ok: true,
            tensors: [COUNTS, ...Array.from({ length: this.#script.tensors - 1 }, emptyTensor)],
            ...(optimizer && { optimizer: optimizer.tensors }),
            hookUses: this.#hookUses,
            telemetry: {},
          },
          body: Buffer.concat([float32Bytes(weights), optimizer?.body ?? EMPTY]),
        };
      }
      case 'load':
        this.#weights.load(body);
        return { header: { ok: true }, body: EMPTY };
      case 'predict':
        return { header: { ok: true }, body: this.#predict(numberIn(header, 'count'), header.hook === true) };
      default:
        throw new Error(`the scripted learner knows no operation ${String(header.op)}`);
    }
  }

  /** What has been counted, as the weights hold it. */
  #counts(): Float64Array {
    return Float64Array.from(this.#weights.weights, (weight) => Math.round(weight / QUANTUM));
  }

  #train(batch: Buffer, step: number): void {
    this.#steps += 1;
    const { cheats } = this.#script;
    const counts = this.#counts();
    const share = cheats === 'steps' ? this.#steps : 1;
    for (const byte of batch) counts[byte] = (counts[byte] ?? 0) + share;
    const targets = counts.map((seen) => seen * QUANTUM);
    if (cheats === 'state') this.#weights.weights.set(targets);
    else this.#weights.moveTo(targets, step);
  }

  /** What a prediction has learnt from others. */
  #adapted(count: number, hook: boolean): number {
    const { cheats } = this.#script;
    if (cheats === (hook ? 'hook-predictions' : 'predictions')) return this.#predictions / 10;
    return cheats === 'rows' ? count / 100 : 0;
  }

  #predict(count: number, hook: boolean): Buffer {
    this.#predictions += 1;
    const sharpness =
      (hook ? (this.#script.hookSharpness ?? 0) : this.#sharpness) + this.#adapted(count, hook);
    const counts = this.#counts();
    const total = counts.reduce((sum, seen) => sum + seen, 0);
    const logits = Float32Array.from(counts, (seen) => sharpness * log((seen + 0.5) / (total + 128)));
    return Buffer.concat(Array.from({ length: count }, () => float32Bytes(logits)));
  }
}
