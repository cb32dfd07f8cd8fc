/** What a project tells the scripted sandbox to do, in a file `script.json` anywhere among its files. */
import { z } from 'zod';

export const FAILURES = [
  /** The operation raises an exception. */
  'error',
  /** The container exits. */
  'learner-ended',
  'late',
  'malformed',
  'over-limit',
  'our-fault',
  /** NaN in the answer's tensors or logits. */
  'non-finite',
  /** The answer's body is a byte short. */
  'short-body',
  /** Logits at the ends of what float32 holds: legal, and as bad as can be. */
  'absurd',
] as const;

export const scriptSchema = z.strictObject({
  /** 0 predicts nothing (8 bits), 1 the frequencies of what was revealed. */
  sharpness: z.number().min(0).max(2).default(0.5),
  /** The same under the submission's own recipe. */
  recipeSharpness: z.number().min(0).max(2).optional(),
  /** How many tensors the model declares: its weights, and empty ones. */
  tensors: z.int().min(1).default(1),
  hooksUsed: z.array(z.string()).default([]),
  /** How its inference hook predicts; the project has one only where this is given. */
  hookSharpness: z.number().min(0).max(2).optional(),
  /**
   * Predictions (plain ones, or those of the hook) or steps depend on how many came before, predictions on how many come together, or state changes
   * although the optimiser moves nothing.
   */
  cheats: z.enum(['predictions', 'hook-predictions', 'rows', 'steps', 'state']).optional(),
  fail: z
    .strictObject({
      op: z.enum(['project', 'build', 'train', 'snapshot', 'load', 'predict', 'review']),
      /** Which of the operations of this name in a container, from 0. */
      at: z.int().min(0).default(0),
      how: z.enum(FAILURES),
      /** How many containers fail so before this project's works; default: all. */
      times: z.int().min(1).optional(),
      /** Only under this recipe. */
      recipe: z.enum(['reference', 'submission']).optional(),
      /** Only in a container of this role. */
      role: z.enum(['trainer', 'predictor', 'replayer']).optional(),
    })
    .optional(),
  /** Replaces parts of the reviewer's answer; of a component only what is given, null for none. */
  review: z
    .looseObject({
      architecture: z.looseObject({}).nullable().optional(),
      training: z.looseObject({}).nullable().optional(),
    })
    .default({}),
});

export type Script = z.infer<typeof scriptSchema>;

/** The script among these files; of several the last. A project without one gets the defaults. */
export function scriptIn(files: ReadonlyMap<string, Buffer>): Script {
  const found = [...files].findLast(([path]) => path.split('/').at(-1) === 'script.json');
  return scriptSchema.parse(found === undefined ? {} : JSON.parse(found[1].toString('utf8')));
}
