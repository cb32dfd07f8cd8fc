/**
 * A learner that is not PyTorch: it counts the bytes revealed to it and predicts by their frequency, so that its judged loss falls from 8
 * bits towards the text's unigram entropy, the faster the sharper. Deterministic, and as fast as counting.
 */

import type { Frame } from '../../domain/ports.ts';
import { log } from '../../domain/scoring/real.ts';
import type { Script } from './script.ts';

const VOCABULARY = 256;
const EMPTY = Buffer.alloc(0);
const TENSORS = [{ name: 'counts', dtype: 'float32', shape: [VOCABULARY] }];

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
  #counts = new Float32Array(VOCABULARY);
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
        this.#train(body, header.zeroRate === true);
        return { header: { ok: true, step: header.step }, body: EMPTY };
      case 'snapshot':
        return {
          header: { ok: true, tensors: TENSORS, hookUses: this.#hookUses, telemetry: {} },
          body: float32Bytes(this.#counts),
        };
      case 'load':
        this.#counts = Float32Array.from({ length: VOCABULARY }, (_, i) => body.readFloatLE(i * 4));
        return { header: { ok: true }, body: EMPTY };
      case 'predict':
        return { header: { ok: true }, body: this.#predict(numberIn(header, 'count'), header.hook === true) };
      default:
        throw new Error(`the scripted learner knows no operation ${String(header.op)}`);
    }
  }

  /** What counts here stands for weights that an optimiser moves, unless it cheats: not at rate zero. */
  #train(batch: Buffer, zeroRate: boolean): void {
    this.#steps += 1;
    const { cheats } = this.#script;
    if (zeroRate && cheats !== 'state') return;
    const step = cheats === 'steps' ? this.#steps : 1;
    for (const byte of batch) this.#counts[byte] = (this.#counts[byte] ?? 0) + step;
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
    const total = this.#counts.reduce((sum, seen) => sum + seen, 0);
    const logits = this.#counts.map((seen) => sharpness * log((seen + 0.5) / (total + 128)));
    return Buffer.concat(Array.from({ length: count }, () => float32Bytes(logits)));
  }
}
