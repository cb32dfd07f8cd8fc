/**
 * npm run schemas: writes what the documents take from the code: docs/schemas/, and the tables between `<!-- generated: ... -->` and
 * `<!-- end -->`. A test compares, so that neither can be changed alone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { effectiveSandboxSchema, endingSchema } from '../domain/evaluation/measurement.ts';
import { planSchema } from '../domain/evaluation/plan.ts';
import { catalogue, EVENT_TYPES, type EventType } from '../domain/events/catalogue.ts';
import { envelopeSchema, metaSchema } from '../domain/events/envelope.ts';
import { componentSchema, findingSchema, fingerprintSchema } from '../domain/events/submission.ts';
import { defaultPolicy } from '../domain/policy/default.ts';
import { type Policy, policySchema } from '../domain/policy/policy.ts';
import { gainSchema } from '../domain/scoring/gain.ts';
import { INTAKE_CODES } from '../domain/submission/intake-codes.ts';
import { type AdmissionLimits, DEFAULT_ADMISSION_LIMITS } from '../services/intake/admit.ts';
import { COMPRESSION } from '../services/runtime/payload.ts';
import { type Settings, settingsSchema } from '../services/settings.ts';

const ROOT = join(import.meta.dirname, '..');

/** What each event says; its fields are in its schema. */
const EVENTS: { readonly [type in EventType]: string } = {
  LedgerOpened:
    'Index 0. Names the log, the subnet, the first policy and the commitment to the secret of epoch 1.',
  PolicyAdopted: 'The policy for every submission received, and every epoch closed, from here on.',
  SubmissionReceived: 'A project came from Platform. Its log index is the order of who was first.',
  SubmissionAdmitted:
    'It was unpacked: its layout, the digest of its content, the blob that lists its files.',
  SubmissionRejected: 'A verdict with a code and a message. Final.',
  SubmissionReviewed: 'It passed review: digests and sketches of its components, the hooks it has.',
  SemanticReviewed:
    'What a model makes of the sources: advice. Anything but `clear` holds the review for a person.',
  ReviewHoldResolved: 'An operator let a held review go on, or rejected the submission, with a reason.',
  ReviewHoldExpired: 'Nobody resolved the hold of a review in time: the review goes on.',
  ReviewFaulted: 'An attempt to review it failed for a fault of the infrastructure.',
  EvaluationPlanned: 'What will be run, on which corpus and seeds. Every attempt uses the same.',
  EvaluationStarted: 'An evaluator holds it, by a lease with a fencing token.',
  EvaluationRenewed: 'The holder is alive: the lease lasts longer.',
  RunMeasured: 'One run: its judged curve, how it ended, CPU time, the limits read back from its containers.',
  EvaluationFaulted: 'The attempt ended for a fault of the infrastructure. Runs that were measured stand.',
  EvaluationLapsed: 'The holder was not heard of. What it says from here on is refused.',
  EvaluationAbandoned: 'Given up after the last attempt: infrastructure, never a verdict. Final.',
  SubmissionScored: 'Gains with their standard errors, and the score: what selects claims for confirmation.',
  ConfirmationCalled:
    'A claim is run again on fresh seeds, beside what it has to beat, at a stated chance of error.',
  SubmissionConfirmed: 'What the fresh runs have shown: the differences, the threshold, the value.',
  ArchitectureClaimDecided: 'Whether an architecture is new, known, unproven or refused, with the evidence.',
  ArchitectureClaimHeld: 'It looks too much like the family of another hotkey for a rule to decide.',
  HoldResolved: 'Somebody who is no party to it admitted or refused a held claim, with a reason.',
  HoldExpired: 'Nobody resolved the hold in time: the claim is admitted.',
  TrainingClaimDecided: "Whether a recipe takes its family's training, with what it was compared to.",
  EpochClosed: 'What is decided by now is paid; opens the next epoch, with the commitment to its secret.',
  SeedRevealed: 'The secret of a closed epoch: its seeds can be checked.',
  WeightsDerived: 'Units of each hotkey and of the burn; together exactly 65,535.',
  WeightsEmitted: 'What was sent to which target, with the receipt.',
};

const SETTINGS: { readonly [name in keyof Settings]: string } = {
  data: 'folder of everything that the engine keeps',
  store: '`esdb://...` or a file; none: `store.sqlite` in the data folder',
  nats: 'URL of a NATS server; none: one is started on loopback',
  host: 'address that the gateway listens on',
  port: 'port of the gateway; 0 picks a free one',
  slug: "the challenge's slug, which Platform names in its headers",
  netuid: 'the subnet',
  origin: 'name of the signed log and of its key; none: `<slug>.netuid-<netuid>`',
  policy: 'policy file that a new ledger is opened with; none: the default policy',
  worker: "name of this machine's evaluator, unique among all of the ledger",
  parallel: 'runs of one evaluation that go side by side',
  corpus: 'folder whose `corpus/` has the text; none: the cache folder',
  gpus: "ids of the GPUs that this evaluator's learners run on, all of one class; none: the CPU",
  warm: 'containers of each kind that are started before they are needed',
  drand: 'relays of the drand beacon; an empty list: the public ones; none: it is not asked',
  semanticUrl:
    'base address (`https://host/v1`) of an endpoint with chat completions as of OpenAI; none: no model is asked',
  semanticModel: 'name of the model that is asked there',
  semanticKeyFile: 'file with the key of that endpoint and nothing else; none: it wants none',
  semanticTimeoutMs: 'for one opinion of a model, all tries together',
  semanticMaxBytes: 'a project that is longer, as it is shown, is not sent',
  semanticMaxTokens: 'of one answer of a model, its thoughts included',
  chainNode: 'address of a node of the chain, for block hashes; none: it is not asked',
};
/** Defaults that differ between machines. */
const FROM_MACHINE: { readonly [name in keyof Settings]?: string } = {
  worker: "the machine's name",
  parallel: 'number of CPUs',
};

const LIMITS: { readonly [limit in keyof AdmissionLimits]: string } = {
  maxArchiveBytes: 'bytes of the ZIP',
  maxEntries: 'files and folders',
  maxFiles: 'files',
  maxFileBytes: 'bytes of one file',
  maxTotalBytes: 'bytes of all files',
  maxRatio: 'times that a file may inflate',
  maxPathBytes: 'bytes of a path',
  maxDepth: 'segments of a path',
  maxManifestBytes: 'bytes of the manifest',
  maxCompressedBytes: `bytes of the payload: all paths and files together, compressed (${COMPRESSION})`,
};

type Rules = Omit<Policy, 'name' | 'plan'>;
const POLICY: { readonly [room in keyof Rules]: { readonly [rule in keyof Rules[room]]: string } } = {
  work: {
    reviewAttempts: 'faults of a review before it is abandoned',
    evaluationAttempts: 'attempts in a row that record no run before an evaluation is abandoned',
    leaseMs: 'a lease that is not renewed for so long may be lapsed by any evaluator',
    clockSkewMs: 'added to a lease and to a deadline before anyone may lapse it',
    attemptDeadlineMs: 'an attempt that takes longer is lapsed',
  },
  review: {
    semantic:
      '`off`, or `hold`: a model reads the sources too, and what it does not find clear waits for a person',
  },
  scoring: {
    standardErrorFloorMicrobits: 'smaller standard errors are read as this',
    confidenceMilliZ: 'a gain counts at its mean less this many thousandths of its standard error',
    minimumGainMicrobits: 'a lower bound at or below this proves nothing',
    payloadCounts: 'whether the bits of what was delivered are part of the loss',
    weights: 'what the gain of each signal counts in the total, in parts per million',
    penalties: 'what is taken off for instability, each bounded',
    hookLatencyMilli: 'an inference hook may take so many thousandths of the time of plain `forward`',
  },
  ownership: {
    confirmation: 'what a claim has to show on fresh seeds: chances of error, power, runs, least effects',
    nearMatchPpm: 'sketches that agree in this share or more make a near match, which is held',
    holdMs: 'a hold that nobody resolves is admitted after this time',
    sealMs: 'sources open this long after the decision that gave their submission something',
    referenceTrainingDigests: "recipes that are the judge's own: nothing to measure or own",
  },
  weights: {
    architecturePoolPpm: 'ceiling of all pay for architectures, in parts per million of an epoch',
    trainingPoolPpm: 'the same for training recipes',
    pricePpmPerBit: 'parts per million of an epoch for each proven bit per byte',
    burnHotkey: 'gets what nobody earned; null: nobody, and `get_weights` reports it as undeliverable',
  },
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const code = (text: string): string => `\`${text}\``;

function eventsTable(): string {
  const rows = EVENT_TYPES.map((type) => {
    const { category, version, derived } = catalogue[type];
    return [code(type), code(category), String(version), derived ? 'yes' : '', EVENTS[type]];
  });
  return table(['Event', 'Stream', 'Version', 'Derived', 'What it says'], rows);
}

function intakeTable(): string {
  const rows = Object.entries(INTAKE_CODES).map(([name, { meaning, remedy }]) => [
    code(name),
    meaning,
    remedy,
  ]);
  return table(['Code', 'What was found', 'What to do'], rows);
}

function limitsTable(): string {
  const limits = new Map<string, number>(Object.entries(DEFAULT_ADMISSION_LIMITS));
  const rows = Object.entries(LIMITS).map(([name, of]) => [(limits.get(name) ?? 0).toLocaleString('en'), of]);
  return table(['At most', 'Of what'], rows);
}

function settingsTable(): string {
  const defaults = settingsSchema.parse({});
  const rows = settingsSchema.keyof().options.map((name) => {
    const value = FROM_MACHINE[name] ?? (defaults[name] === null ? 'none' : code(String(defaults[name])));
    return [code(name), code(`PRISM_${name.toUpperCase()}`), value, SETTINGS[name]];
  });
  return table(['Setting', 'Variable', 'Default', 'Meaning'], rows);
}

function policyTable(): string {
  const rows = Object.entries(POLICY).flatMap(([room, rules]) =>
    Object.entries(rules).map(([rule, meaning]) => [code(`${room}.${rule}`), defaultOf(room, rule), meaning]),
  );
  return table(['Rule', 'Default', 'Meaning'], rows);
}

function defaultOf(room: string, rule: string): string {
  const rules = Object.entries(defaultPolicy).find(([name]) => name === room)?.[1] ?? {};
  const value: unknown = Object.entries(rules).find(([name]) => name === rule)?.[1];
  return typeof value === 'number' ? value.toLocaleString('en') : code(JSON.stringify(value));
}

/** Schemas that get a name of their own in the JSON Schema. */
const NAMED = {
  Component: componentSchema,
  EffectiveSandbox: effectiveSandboxSchema,
  Ending: endingSchema,
  Finding: findingSchema,
  Fingerprint: fingerprintSchema,
  Gain: gainSchema,
  Meta: metaSchema,
  Plan: planSchema,
  Policy: policySchema,
} as const;

/** JSON Schema of a whole event, envelope and data, of every type at its present version. */
export function eventsSchema(): object {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const [first, ...rest] = EVENT_TYPES.map((type) => {
    const { category, version, data } = catalogue[type];
    const event = z.strictObject({
      ...envelopeSchema.shape,
      type: z.literal(type),
      version: z.literal(version),
      stream: z
        .string()
        .regex(new RegExp(category === 'policy' ? '^policy$' : `^${category}-[0-9a-z-]{1,64}$`)),
      data,
    });
    registry.add(event, { id: type });
    return event;
  });
  if (first === undefined) throw new Error('the catalogue is empty');
  const { $schema, ...schema } = z.toJSONSchema(z.union([first, ...rest]), { metadata: registry });
  const description =
    "One entry of the log. It says less than the rules: a plan's steps increase, pools stay within the whole, numbers are safe integers, an entry is its canonical bytes (RFC 8785), at most 65,535 of them.";
  return { $schema, title: 'An event of a PRISM ledger', description, ...schema };
}

export const SCHEMA_FILE = 'docs/schemas/events.schema.json';
export const POLICY_FILE = 'docs/schemas/default-policy.yaml';

/** The default policy as a file that `prism policy adopt` takes. */
export function policyYaml(): string {
  return `# The default policy. \`npm run prism -- policy adopt <file> --reason <text>\` takes a file of this form.\n${stringify(defaultPolicy)}`;
}

/** Tables by the document that they stand in, and by their name there. */
export const TABLES: { readonly [file: string]: { readonly [name: string]: () => string } } = {
  'docs/events.md': { events: eventsTable },
  'docs/miners.md': { limits: limitsTable, 'intake codes': intakeTable },
  'docs/operators.md': { settings: settingsTable, policy: policyTable },
};

/** A document with its generated tables renewed. Throws where a place for one is missing. */
export function withTables(file: string, text: string): string {
  return Object.entries(TABLES[file] ?? {}).reduce((present, [name, make]) => {
    const start = `<!-- generated: ${name} -->\n`;
    const [before, after] = present.split(start);
    const end = after?.indexOf('<!-- end -->') ?? -1;
    if (after === undefined || end < 0) throw new Error(`${file}: no place for the table "${name}"`);
    return `${before}${start}${make()}\n${after.slice(end)}`;
  }, text);
}

if (import.meta.main) {
  writeFileSync(join(ROOT, SCHEMA_FILE), `${JSON.stringify(eventsSchema(), null, 2)}\n`);
  writeFileSync(join(ROOT, POLICY_FILE), policyYaml());
  for (const file of Object.keys(TABLES)) {
    const path = join(ROOT, file);
    writeFileSync(path, withTables(file, readFileSync(path, 'utf8')));
  }
}
