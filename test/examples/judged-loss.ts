/** A small judge over real text: batches that are revealed, and windows that never are. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { floats, type Learner } from '../gpu-runner/learner/learners.ts';

export const LENGTH = 64;
const BATCH = 16;
/** Revealed windows come from the first part of the shuffled text, judged ones from the rest. */
const REVEALED = 100 * BATCH;
const REQUESTS = 8;
const PER_REQUEST = 64;

const SOURCES = ['classic', 'core'].map((folder) =>
  join(import.meta.dirname, '../../node_modules/zod/v4', folder),
);

function windows(): string[] {
  const files = SOURCES.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name))).filter(
    (path) => path.endsWith('.js'),
  );
  const whole = files
    .sort()
    .map((path) => readFileSync(path, 'latin1'))
    .join('');
  const count = Math.floor(whole.length / (LENGTH + 1));
  const all = Array.from({ length: count }, (_, i) => whole.slice(i * (LENGTH + 1), (i + 1) * (LENGTH + 1)));
  // A fixed shuffle: a stride that shares no factor with any count below it.
  const STRIDE = 7_919;
  return all.map((_, i) => all[(i * STRIDE) % count] ?? '');
}

const shuffled = windows();
if (shuffled.length < REVEALED + REQUESTS * PER_REQUEST)
  throw new Error(`only ${shuffled.length} windows of text`);

export const text = {
  batch: (step: number): string[] => shuffled.slice(step * BATCH, (step + 1) * BATCH),
};

/** Mean bits per byte of a predictor's answers to prefixes of 8 lengths of windows that were not revealed. */
export async function judgedLoss(predictor: Learner): Promise<number> {
  let bits = 0;
  for (let request = 0; request < REQUESTS; request += 1) {
    const length = 8 * request + 5;
    const start = REVEALED + request * PER_REQUEST;
    const judged = shuffled.slice(start, start + PER_REQUEST);
    const { body } = await predictor.predict(judged.map((window) => window.slice(0, length)));
    const logits = floats(body);
    for (const [row, window] of judged.entries()) {
      bits += bitsOf(logits.slice(256 * row, 256 * (row + 1)), window.charCodeAt(length));
    }
  }
  return bits / (REQUESTS * PER_REQUEST);
}

/** Bits that the softmax of 256 logits spends on `byte`. */
function bitsOf(logits: readonly number[], byte: number): number {
  const highest = Math.max(...logits);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  return (Math.log(total) - ((logits[byte] ?? Number.NaN) - highest)) / Math.LN2;
}
