/** The shapes of all answers. What is served is compiled against them, tested against them, and documented from them. */
import { z } from 'zod';
import { measurementSchema } from '../../domain/evaluation/measurement.ts';
import { runProgressSchema } from '../../domain/evaluation/progress.ts';
import { envelopeSchema, sha256Schema, timeSchema, uuidSchema } from '../../domain/events/envelope.ts';
import { epochEvents, shareSchema } from '../../domain/events/epoch.ts';
import { evidenceSchema, findingSchema, submissionEvents } from '../../domain/events/submission.ts';
import { hotkeySchema } from '../../domain/policy/policy.ts';
import { gainSchema } from '../../domain/scoring/gain.ts';
import { hookGainSchema } from '../../domain/scoring/hook.ts';

const logIndex = z.int().min(0).describe('Index in the log.');
const next = z.int().nullable().describe('Give it as `after` for the next page; null: this is the last.');

/** Every answer that is made from the state says which one. */
export const stateSchema = z.strictObject({
  index: z.int().min(-1).describe('Index of the last event that this answer knows; -1 before the first.'),
  stateDigest: sha256Schema.describe(
    'Digest of the read model at that index: equal for all who fold the same log.',
  ),
});

const kind = z.string().describe('`full`, `architecture_only` or `training_for_arch`.');
const gain = gainSchema.nullable();
/** As the reference: the epoch that is open, or was open then. */
const epochId = z.int().min(1);
const share = z.number().min(0).max(1);

export const leaderboardSchema = z.strictObject({
  epoch_id: epochId,
  entries: z.array(
    z.strictObject({
      rank: z.int().min(1),
      bestRank: z
        .int()
        .min(1)
        .describe(
          'The ranks that it may have as far as the intervals tell: those it is tied with lie between.',
        ),
      worstRank: z.int().min(1),
      hotkey: hotkeySchema,
      score: share.describe('Lower bound of the proven gain as a share of the 8 bits of a byte.'),
      submission_id: uuidSchema,
      kind,
      scorePpm: z.int().min(0).max(1_000_000),
      gain: gainSchema,
      architecture: gain,
      training: gain,
      hook: hookGainSchema.nullable(),
    }),
  ),
  next,
});

const ownerSchema = z.strictObject({
  hotkey: hotkeySchema,
  submission: uuidSchema,
  decidedAt: logIndex,
  gain: gain.describe('What the screening has shown: what selected the claim.'),
  evidence: evidenceSchema.nullable().describe('What fresh seeds have shown.'),
  valueMicrobits: z
    .int()
    .min(0)
    .describe('What the family is worth with it over the panel, at the lower bound: microbits per byte.'),
});

export const ownersSchema = z.strictObject({
  families: z.array(
    z.strictObject({
      family: uuidSchema,
      architecture: ownerSchema.nullable().describe('Who discovered it; null: nobody has.'),
      training: ownerSchema.nullable().describe('Whose recipe stands; null: nobody has shown one.'),
      variants: z.array(ownerSchema),
      members: z.array(uuidSchema),
      held: z.array(uuidSchema),
    }),
  ),
});

/** The reference's words. */
export const statusSchema = z.enum(['pending', 'running', 'completed', 'failed', 'rejected', 'held']);

const scoreSchema = submissionEvents.SubmissionScored.data.omit({ basis: true });
const confirmedSchema = submissionEvents.SubmissionConfirmed.data.omit({ basis: true });

export const submissionSummarySchema = z.strictObject({
  id: uuidSchema,
  hotkey: hotkeySchema,
  epoch_id: epochId,
  status: statusSchema,
  code_hash: sha256Schema.describe('SHA-256 of the body as it arrived.'),
  created_at: timeSchema,
  error: z.string().nullable(),
  final_score: share.nullable(),
  q_arch: share.nullable(),
  q_recipe: share.nullable(),
  receivedIndex: logIndex.describe('Log index of its receipt: the order of who was first.'),
  phase: z.string().describe("The engine's own word for where it is."),
  kind: kind.nullable(),
  contentDigest: sha256Schema.nullable(),
  family: uuidSchema.nullable(),
  reason: z
    .strictObject({ code: z.string(), message: z.string(), findings: z.array(findingSchema) })
    .nullable(),
  hooks: z.array(z.string()),
  attempts: z.int().min(0),
  plannedRuns: z
    .int()
    .min(0)
    .describe('Runs of its plan; fewer are done where the first stage was hopeless.'),
  score: scoreSchema.nullable(),
  confirmed: z.array(confirmedSchema).describe('What fresh seeds have shown of its claims.'),
  architectureClaim: z.string().nullable(),
  trainingClaim: z.string().nullable(),
});

export const submissionsSchema = z.strictObject({ submissions: z.array(submissionSummarySchema), next });

export const submissionSchema = submissionSummarySchema.extend({
  runs: z.array(
    z.strictObject({
      ...measurementSchema.pick({
        pair: true,
        variant: true,
        point: true,
        seed: true,
        ending: true,
        curve: true,
        hook: true,
        checks: true,
        stateBytes: true,
        gpuBusyUs: true,
      }).shape,
      cpuUs: z.int().min(0),
    }),
  ),
});

const { run, step, steps, lossMicrobits, runsDone, runsPlanned, at } = runProgressSchema.shape;

export const progressSchema = z.strictObject({
  id: uuidSchema,
  status: statusSchema,
  progress: z
    .strictObject({
      runsDone,
      runsPlanned,
      at,
      runs: z.array(z.strictObject({ run, step, steps, lossMicrobits, at })),
    })
    .nullable()
    .describe(
      'What evaluators last said of the runs under way; null: nothing is known, or nothing is running.',
    ),
});

const epochSchema = z.strictObject({
  epoch_id: epochId,
  closed_at: timeSchema,
  closed_index: logIndex,
  shares: z.array(shareSchema),
  burn: epochEvents.WeightsDerived.data.shape.burn.nullable().describe('Null until the weights are derived.'),
  emissions: z.array(z.strictObject({ target: z.string(), weightsDigest: sha256Schema, index: logIndex })),
});

export const epochsSchema = z.strictObject({ epochs: z.array(epochSchema), next });

/** `epoch_seconds` is the reference's; epochs of this engine are closed by an event, not by a clock. */
export const currentEpochSchema = z.strictObject({ epoch_id: epochId, epoch_seconds: z.null() });

export const getWeightsSchema = z.strictObject({
  challenge_slug: z.string(),
  epoch: z.int().min(0),
  weights: z.record(hotkeySchema, share),
  metadata: z.strictObject({
    computed_at: timeSchema.nullable(),
    index: logIndex.nullable(),
    state_digest: sha256Schema,
    units: z.record(hotkeySchema, z.int().min(1).max(65_535)),
    burn_hotkey: hotkeySchema.nullable(),
    burn_units: z.int().min(0).max(65_535),
    undeliverable_units: z.int().min(0).max(65_535),
    profile: z
      .enum(['tiny', 'standard', 'official'])
      .describe('Of the policy that stood when the epoch was closed.'),
    may_pay: z.boolean().describe('Whether that profile is strict enough to pay anyone by.'),
  }),
});

export const weightsSchema = z.strictObject({
  epoch: epochSchema
    .nullable()
    .describe('The last closed epoch whose weights are derived; null before the first.'),
  getWeights: getWeightsSchema.describe('What Platform is told.'),
});

export const architecturesSchema = z.array(
  z.strictObject({
    id: uuidSchema,
    family_hash: sha256Schema.describe('Digest of the normalised architecture.'),
    owner_hotkey: hotkeySchema,
    owner_submission_id: uuidSchema,
    canonical_submission_id: uuidSchema,
    q_arch_best: share,
    created_at: timeSchema,
    updated_at: timeSchema,
  }),
);

export const trainingVariantsSchema = z.array(
  z.strictObject({
    id: uuidSchema.describe('That of the submission that brought it.'),
    architecture_id: uuidSchema,
    training_hash: sha256Schema.describe('Digest of the normalised recipe.'),
    owner_hotkey: hotkeySchema,
    submission_id: uuidSchema,
    q_recipe: share,
    metric_mean: z.number().describe("Mean gain over the judge's recipe, in bits per byte."),
    metric_std: z.number().min(0).describe('Standard error of that mean.'),
    is_current_best: z.boolean(),
    created_at: timeSchema,
    updated_at: timeSchema,
  }),
);

export const eventEntrySchema = z.strictObject({ index: logIndex, event: envelopeSchema });
export const eventsSchema = z.strictObject({ events: z.array(eventEntrySchema), next });

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

export const receiptSchema = z.strictObject({
  index: logIndex,
  event: envelopeSchema,
  leafHash: base64.describe('SHA-256 of a zero byte and the canonical bytes of the event.'),
  proof: z.array(base64).describe("Inclusion proof (RFC 6962), from the leaf's sibling up."),
  checkpoint: z.string().describe('The signed checkpoint that the proof leads to.'),
  tlogProof: z.string().describe('All of it as a C2SP tlog-proof: what `Accept: text/plain` gives.'),
});

export const sourcesSchema = z.strictObject({
  id: uuidSchema,
  opensAt: timeSchema.describe('Since when they are open to all.'),
  contentDigest: sha256Schema.describe(
    'As in `SubmissionAdmitted`: of the canonical JSON of [[path, sha256], ...].',
  ),
  files: z
    .array(z.strictObject({ path: z.string(), bytes: z.int().min(0), sha256: sha256Schema }))
    .describe('By path, in order of UTF-16 code units.'),
});

export const waitingSchema = z.strictObject({
  id: uuidSchema,
  status: z.literal('pending'),
  message: z.string(),
});

export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'unavailable']),
  slug: z.string(),
  version: z.string(),
  index: z.int().min(-1),
  checkpointSize: z.int().min(0).nullable(),
  reason: z.string().nullable(),
});

export const versionSchema = z.strictObject({
  api_version: z.literal('1.0'),
  challenge_version: z.string(),
  sdk_version: z.string(),
  capabilities: z.array(z.string()),
});

export const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    opensAt: timeSchema
      .nullable()
      .optional()
      .describe('Of `sources-sealed`: from when they are open to all; null while that is undecided.'),
  }),
});
