/** What `running.json` says while an engine runs. */
import { z } from 'zod';

export const runningSchema = z.strictObject({
  pid: z.int(),
  gateway: z.string(),
  intake: z.string(),
  nats: z.string().nullable(),
  /** Process of each service, and of `nats-server` where the engine started it. */
  pids: z.record(z.string(), z.int()),
});

export type RunningEngine = z.infer<typeof runningSchema>;
