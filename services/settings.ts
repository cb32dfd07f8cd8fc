/**
 * Settings of an engine: a YAML file and environment variables, one schema, unknown keys refused. Secrets are files in the data folder,
 * never settings. What decides scores, owners and weights is not here but in the policy.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/** A list in the file; in the environment, separated by commas. */
const list = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : value,
  z.array(z.string().min(1)).max(64),
);

export const settingsSchema = z.strictObject({
  /** Folder of everything that this engine keeps. */
  data: z.string().min(1).default('.prism'),
  /** `esdb://...`, or a file; null: `store.sqlite` in the data folder. */
  store: z.string().min(1).nullable().default(null),
  /** URL of a NATS server; null: `prism up` starts one on loopback. */
  nats: z.string().min(1).nullable().default(null),
  host: z.string().min(1).default('127.0.0.1'),
  /** Of the gateway, which is the only address that others need; 0 picks a free one. */
  port: port.default(8_080),
  slug: z.string().default('prism'),
  netuid: z.coerce.number().int().min(0).max(65_535).default(100),
  /** Origin line of the signed log; null: made from slug and netuid. */
  origin: z.string().nullable().default(null),
  /** Policy file (YAML) that a new ledger is opened with; null: the default policy. */
  policy: z.string().nullable().default(null),
  /** Unique name of this machine's evaluator. */
  worker: z
    .string()
    .min(1)
    .max(64)
    .default(() => hostname().slice(0, 64)),
  /** Runs of one evaluation that go side by side. */
  parallel: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(() => availableParallelism()),
  /** Cache folder whose `corpus/` has the text that streams are drawn from, built there once; null: `PRISM_CACHE`, else `~/.cache/prism`. */
  corpus: z.string().nullable().default(null),
  /** Ids of the GPUs that this evaluator's learners run on, all of one class; none: the CPU. */
  gpus: list.default([]),
  /** Containers of each kind that are started before they are needed; 0: none. */
  warm: z.coerce.number().int().min(0).max(64).default(0),
  /** Relays of the drand beacon, for policies that draw from it; an empty list: the public ones; null: none is asked. */
  drand: list.nullable().default(null),
  /** Address of a node of the chain (JSON-RPC over HTTP), for policies that draw from block hashes; null: none is asked. */
  chainNode: z.string().min(1).nullable().default(null),
  /** Base address of an endpoint with OpenAI's chat completions, for policies that want a model's opinion; null: none is asked. */
  semanticUrl: z.string().min(1).nullable().default(null),
  /** Name of the model there. */
  semanticModel: z.string().min(1).max(200).nullable().default(null),
  /** File with the endpoint's key and nothing else; null: it wants none. */
  semanticKeyFile: z.string().min(1).nullable().default(null),
  /** For one opinion, all tries together. */
  semanticTimeoutMs: z.coerce.number().int().min(1_000).max(600_000).default(120_000),
  /** A project that is longer, as it is shown, is not sent. */
  semanticMaxBytes: z.coerce.number().int().min(1_000).max(8_000_000).default(400_000),
  /** Of one answer, a reasoning model's thoughts included. */
  semanticMaxTokens: z.coerce.number().int().min(256).max(1_000_000).default(16_384),
});

export type Settings = z.infer<typeof settingsSchema>;

export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

/** `PRISM_DATA`, `PRISM_STORE`, ...: one variable for each setting. */
function fromEnvironment(environment: NodeJS.ProcessEnv): { [key: string]: string } {
  const found: { [key: string]: string } = {};
  for (const key of Object.keys(settingsSchema.shape)) {
    const value = environment[`PRISM_${key.toUpperCase()}`];
    if (value !== undefined && value !== '') found[key] = value;
  }
  return found;
}

/** Throws `SettingsError` that names the file. */
function readSettings(file: string): object {
  let data: unknown;
  try {
    data = parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new SettingsError(
      `settings ${file}: ${error instanceof Error ? error.message.trim() : String(error)}`,
    );
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new SettingsError(`settings ${file}: must be a mapping of names to values`);
  return data;
}

/**
 * Later sources win: file, environment, `overrides`. Throws `SettingsError` that names the key.
 * @param file path of a YAML file, or null
 */
export function loadSettings(
  file: string | null,
  environment: NodeJS.ProcessEnv,
  overrides: Partial<Settings> = {},
): Settings {
  const fromFile = file === null ? {} : readSettings(file);
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const parsed = settingsSchema.safeParse({ ...fromFile, ...fromEnvironment(environment), ...given });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    if (issue?.code === 'unrecognized_keys') {
      const known = Object.keys(settingsSchema.shape).join(', ');
      throw new SettingsError(`setting ${issue.keys[0]}: there is none of that name; there are ${known}`);
    }
    throw new SettingsError(
      `setting ${issue?.path.join('.') || '(file)'}: ${issue?.message ?? 'is not valid'}`,
    );
  }
  const { semanticUrl, semanticModel } = parsed.data;
  if ((semanticUrl === null) !== (semanticModel === null))
    throw new SettingsError('setting semanticUrl: an endpoint needs both, semanticUrl and semanticModel');
  return { ...parsed.data, data: resolve(parsed.data.data) };
}

/** Where things are kept in the data folder. */
export function placesOf(settings: Settings) {
  const at = (...parts: readonly string[]): string => join(settings.data, ...parts);
  return {
    store: settings.store ?? at('store.sqlite'),
    blobs: at('blobs'),
    /** The ledger as a folder of static files: what validators verify. */
    log: at('log'),
    logKey: at('keys', 'log.key'),
    seedSecret: at('keys', 'seed.secret'),
    bridgeToken: at('keys', 'bridge.token'),
    nats: at('nats'),
    sockets: at('sockets'),
    /** Addresses of the running engine, for the command line. */
    running: at('running.json'),
  } as const;
}
