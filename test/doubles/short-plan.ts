/** A plan of a few steps, and text enough for it, for tests that are about something else. */

import { type Plan, planSchema } from '../../domain/evaluation/plan.ts';
import { sha256 } from '../../domain/events/canonical.ts';
import { tinyPlan } from '../../domain/policy/default.ts';
import { corpusOf } from '../../infra/corpus/index.ts';

export const shortPlan: Plan = planSchema.parse({
  ...tinyPlan,
  seeds: 2,
  steps: 12,
  batch: 4,
  sequenceLength: 16,
  checkpoints: [
    { step: 3, windows: 16 },
    { step: 10, windows: 16 },
    { step: 12, windows: 16 },
  ],
  requestsPerCheckpoint: 4,
});

/** About 1,700 bytes of words in hex digits: no 17 bytes of it occur twice, as in a corpus without repetition. */
function words(document: number): Buffer {
  const lines = Array.from({ length: 25 }, (_, line) =>
    sha256(`${document}/${line}`)
      .match(/.{1,7}/g)
      ?.join(' '),
  );
  return Buffer.from(lines.join('\n'));
}

export const shortCorpus = corpusOf(
  Array.from({ length: 20 }, (_, i) => ({ source: `document ${i}`, text: words(i) })),
);
