/** The real engine on a short plan, for end-to-end tests: real processes, real `nats-server`, real containers, real PyTorch. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { z } from 'zod';
import { planSchema } from '../../domain/evaluation/plan.ts';
import type { PrismEvent } from '../../domain/events/catalogue.ts';
import { parseEntry } from '../../domain/events/codec.ts';
import { verifyLog } from '../../domain/log/verify-log.ts';
import { defaultPolicy, tinyPlan } from '../../domain/policy/default.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { directoryFiles } from '../../infra/log-directory/directory-files.ts';
import { getJson, submitProject } from '../../services/cli/client.ts';
import { type Engine, startEngine } from '../../services/cli/up.main.ts';
import { verifyLedger } from '../../services/cli/verify.main.ts';
import { loadSettings, placesOf, type Settings } from '../../services/settings.ts';

/** A run takes seconds, a lease is over soon, and one proven hundredth of a bit is a gain. */
export const shortPolicy: Policy = {
  ...defaultPolicy,
  name: 'short-1',
  plan: planSchema.parse({
    ...tinyPlan,
    seeds: 1,
    steps: 8,
    batch: 8,
    sequenceLength: 32,
    checkpoints: [
      { step: 4, windows: 32 },
      { step: 8, windows: 64 },
    ],
    requestsPerCheckpoint: 2,
    trainer: { ...tinyPlan.trainer, memoryBytes: 768 << 20 },
    predictor: { ...tinyPlan.predictor, memoryBytes: 768 << 20 },
  }),
  work: {
    ...defaultPolicy.work,
    reviewAttempts: 20,
    evaluationAttempts: 20,
    leaseMs: 3_000,
    clockSkewMs: 500,
  },
  scoring: {
    ...defaultPolicy.scoring,
    // A few steps reveal less than the files of a project hold.
    payloadCounts: false,
    standardErrorFloorMicrobits: 1_000,
    confidenceMilliZ: 1_000,
    minimumGainMicrobits: 10_000,
  },
  ownership: {
    ...defaultPolicy.ownership,
    nearMatchPpm: 500_000,
    // Two seeds of eight steps each stray by a tenth of a bit; whoever learns anything is to be believed.
    confirmation: {
      ...defaultPolicy.ownership.confirmation,
      challengerAlphaPpm: 250_000,
      familyAlphaPpm: 250_000,
      minimumEffectMicrobits: 1_000,
      detectMicrobits: 400_000,
      deviationFloorMicrobits: 100_000,
    },
  },
  weights: { ...defaultPolicy.weights, burnHotkey: 'hotkey-burn' },
};

export interface TestFolder {
  readonly settings: Settings;
  /** The policy file that its ledger is opened with. */
  readonly policyFile: string;
  start(): Promise<Engine>;
  /** Removes the folder, and containers of its worker; returns how many of them were left. */
  remove(): Promise<void>;
}

/** A fresh data folder with a worker of its own, so that engines side by side do not touch each other's containers. */
export function testFolder(overrides: Partial<Settings> = {}, policy: Policy = shortPolicy): TestFolder {
  const parent = mkdtempSync(join(tmpdir(), 'prism-e2e-'));
  const policyFile = join(parent, 'policy.yaml');
  writeFileSync(policyFile, JSON.stringify(policy, null, 2));
  const settings = loadSettings(
    null,
    {},
    {
      data: join(parent, 'data'),
      policy: policyFile,
      port: 0,
      worker: `e2e-${randomBytes(6).toString('hex')}`,
      parallel: 2,
      ...overrides,
    },
  );
  return {
    settings,
    policyFile,
    start: () => startEngine(settings, quiet()),
    remove: async () => rmSync(parent, { recursive: true, force: true }),
  };
}

/** What the services say, kept for whoever looks into a failure with PRISM_E2E_LOG=1. */
function quiet() {
  const onLine = (line: string): void => {
    if (process.env.PRISM_E2E_LOG !== undefined) process.stderr.write(`${line}\n`);
  };
  return {
    onLine,
    log: { info: onLine, error: (text: string, cause?: unknown) => onLine(`${text} ${cause ?? ''}`) },
  };
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks until there is an answer; an error is asked again. Throws after `seconds`, with the last error. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | false>,
  seconds = 180,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  let last: unknown = null;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    await pause(100);
  }
  throw new Error(`gave up waiting for ${what} after ${seconds} s`, { cause: last });
}

const submissionSchema = z.looseObject({
  id: z.string(),
  status: z.enum(['pending', 'running', 'completed', 'failed', 'rejected', 'held']),
  phase: z.string(),
  kind: z.string().nullable(),
  attempts: z.int(),
  architectureClaim: z.string().nullable(),
  trainingClaim: z.string().nullable(),
  family: z.string().nullable(),
  reason: z.looseObject({ code: z.string() }).nullable(),
  runs: z.array(z.looseObject({ pair: z.string(), ending: z.looseObject({ kind: z.string() }) })),
});
export type ShownSubmission = z.infer<typeof submissionSchema>;

export async function shown(gateway: string, id: string): Promise<ShownSubmission> {
  return submissionSchema.parse(await getJson(`${gateway}/v1/submissions/${id}`));
}

/** Whether nothing is open any more: no verdict, no score, no claim. A held claim waits for an operator and counts as not settled. */
export function isSettled(view: ShownSubmission): boolean {
  if (view.status === 'rejected' || view.status === 'failed') return true;
  const decided = (claim: string | null) => claim !== null && claim !== 'held';
  const architecture = view.kind === 'training_for_arch' || decided(view.architectureClaim);
  const training = view.kind === 'architecture_only' || decided(view.trainingClaim);
  return view.status === 'completed' && architecture && training;
}

export interface Handed {
  readonly zip: Buffer;
  readonly hotkey: string;
  readonly nonce: string;
}

/** Hands a project over as Platform does: with the same nonce until there is an answer. Returns the submission's id. */
export async function handOver(settings: Settings, gateway: string, handed: Handed): Promise<string> {
  const answer = await until(`intake of ${handed.hotkey}`, () =>
    submitProject(settings, gateway, { ...handed, filename: 'project.zip' }).catch((error: Error) => {
      // What is refused once is refused again; what is away may come back.
      if (/^4\d\d:/.test(error.message)) return error;
      throw error;
    }),
  );
  if (answer instanceof Error) throw answer;
  return z.looseObject({ id: z.string() }).parse(answer).id;
}

/** Events of the signed log, each with its canonical bytes. */
export async function logEvents(settings: Settings): Promise<{ event: PrismEvent; bytes: Buffer }[]> {
  const log = await verifyLog(directoryFiles(placesOf(settings).log));
  const events: { event: PrismEvent; bytes: Buffer }[] = [];
  for await (const { bytes } of log.entries())
    events.push({ event: parseEntry(bytes), bytes: Buffer.from(bytes) });
  return events;
}

/** The log's public key, as an auditor would have been given it. */
export function vkeyOf(settings: Settings): string {
  return readFileSync(join(placesOf(settings).log, 'log.vkey'), 'utf8').trim();
}

/** Verifies the ledger from its files; throws where it is not in order. */
export async function verified(settings: Settings) {
  const result = await verifyLedger(placesOf(settings).log, { key: vkeyOf(settings) });
  if (!result.ok) throw new Error(`index ${result.index}, file ${result.file}: ${result.reason}`);
  return result;
}

/** Containers that carry this worker's label. */
export async function containersOf(settings: Settings): Promise<number> {
  const filters = { label: [`prism.worker=${settings.worker}`] };
  return (await new Docker().listContainers({ all: true, filters })).length;
}
