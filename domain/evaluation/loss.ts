/** The judge's loss: what a model's 256 logits say about the byte that came. */
import { exp, log } from '../scoring/real.ts';
import { MICROBITS_PER_BYTE } from './units.ts';

/** Symbols that a model predicts: the 256 byte values. */
export const VOCABULARY = 256;

/** No prediction costs more than this, so that one absurd answer cannot leave the safe integers. */
export const LOSS_CAP_MICROBITS = 64 * MICROBITS_PER_BYTE;

/**
 * Code length of `target` under the softmax of `logits` (256 of them), in microbits rounded half up and capped at 64 bits:
 * log2(sum over i of e^(logit i - logit target)). `'non-finite'` where any logit is NaN or infinite.
 */
export function lossMicrobits(logits: Float32Array, target: number): number | 'non-finite' {
  const chosen = logits[target];
  if (logits.length !== VOCABULARY || chosen === undefined) {
    throw new RangeError(`${logits.length} logits, target ${target}; there are ${VOCABULARY} symbols`);
  }
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) {
    if (!Number.isFinite(logit)) return 'non-finite';
    if (logit > largest) largest = logit;
  }
  let sum = 0;
  for (const logit of logits) sum += exp(logit - largest);
  const bits = (log(sum) + (largest - chosen)) * Math.LOG2E;
  return Math.min(Math.floor(bits * MICROBITS_PER_BYTE + 0.5), LOSS_CAP_MICROBITS);
}
