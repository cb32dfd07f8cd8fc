/** What is kept of each run: one line of JSON, appended as soon as it is done. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { RUNGS } from './plans.ts';

export const resultSchema = z.strictObject({
  architecture: z.string(),
  scale: z.enum(['small', 'large']),
  rung: z.enum(RUNGS),
  seed: z.int().min(0),
  /** `completed`, or how its learner ended it. */
  ending: z.string(),
  parameters: z.int().nullable(),
  trainerCpuMs: z.int(),
  /** [step, bytes revealed, microbits per byte, windows judged] */
  curve: z.array(z.tuple([z.int(), z.int(), z.int(), z.int()])),
});
export type Result = z.infer<typeof resultSchema>;

/** Throws `ZodError` where a line is not a result. */
export function readResults(file: string): Result[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => resultSchema.parse(JSON.parse(line)));
}

export function appendResult(file: string, result: Result): void {
  appendFileSync(file, `${JSON.stringify(result)}\n`);
}
