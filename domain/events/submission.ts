/** Events of the streams `submission-<id>`: one submission's life, from its receipt to its score. */
import { z } from 'zod';
import { measurementSchema } from '../evaluation/measurement.ts';
import { runKeySchema } from '../evaluation/runs.ts';
import { hotkeySchema } from '../policy/policy.ts';
import { randomnessSourceSchema } from '../randomness/source.ts';
import { cardSchema } from '../scoring/card.ts';
import { gainSchema } from '../scoring/gain.ts';
import { hookGainSchema } from '../scoring/hook.ts';
import { MAX_FINDINGS, semanticFindingSchema } from '../semantic-review/finding.ts';
import { sha256Schema, timeSchema, uuidSchema } from './envelope.ts';

const path = z.string().min(1).max(512);

export const componentSchema = z.strictObject({ entrypoint: path, files: z.array(path).min(1).max(200) });

export const layoutSchema = z.strictObject({
  kind: z.enum(['full', 'architecture_only', 'training_for_arch']),
  /** The family that a `training_for_arch` is for. */
  architectureId: uuidSchema.nullable(),
  architecture: componentSchema.nullable(),
  training: componentSchema.nullable(),
});

/** What the reviewer measured of a component: identity of its normalised reachable syntax, and a sketch for likeness. */
export const fingerprintSchema = z.strictObject({
  digest: sha256Schema,
  /** Smallest winnowed fingerprints, 32-bit, ascending. */
  sketch: z.array(z.int().min(0).max(0xffff_ffff)).max(64),
});

export const findingSchema = z.strictObject({
  rule: z.string().max(64),
  path: path.nullable(),
  line: z.int().min(0).nullable(),
  message: z.string().max(500),
  hint: z.string().max(500),
});

const attempt = z.int().min(1);
/** Grows with every attempt; an append that names an older one is refused. */
const token = z.int().min(1);
const reason = z.string().min(1).max(500);

/** What a submission can own a part of its family by. */
export const claimKindSchema = z.enum(['architecture', 'training']);

/** What fresh paired runs have shown, and by which rule: enough to decide again. All differences in microbits per byte, positive is better. */
export const evidenceSchema = z.strictObject({
  /** Of what had to be beaten, less its own; one for each fresh seed. */
  differences: z.array(z.int()).min(1).max(64),
  meanMicrobits: z.int(),
  /** Pooled standard deviation of one difference, and the degrees of freedom that it rests on. */
  deviationMicrobits: z.int().min(0),
  degrees: z.int().min(1),
  /** Chance of a false discovery that was spent, in parts per 10^12. */
  alphaPpt: z.int().min(0),
  /** Student's quantile for it, in thousandths. */
  thresholdMilliT: z.int().min(0),
  /** What the mean had to exceed: the quantile's standard errors, or the least effect that counts. */
  marginMicrobits: z.int().min(0),
  /** The mean with the plan's ladders read in: it has to be more than 0 as well. */
  gridMicrobits: z.int(),
  /** The lesser of both means less the policy's multiple of the standard error. */
  lowerMicrobits: z.int(),
  proven: z.boolean(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const submissionEvents = {
  /** Its index is *the order*: who was first. */
  SubmissionReceived: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({
      hotkey: hotkeySchema,
      nonce: z.string().min(1).max(128),
      uid: z.int().min(0).max(65_535).nullable(),
      /** SHA-256 of the body as it arrived. */
      requestHash: sha256Schema,
      filename: z.string().max(255),
      byteLength: z.int().min(0),
      /** Height of the chain's head when it was received; null where no chain is read. */
      chainHeight: z.int().min(0).nullable(),
    }),
  },
  SubmissionAdmitted: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({
      layout: layoutSchema,
      /** Over the sorted list of path and SHA-256: the same project re-zipped has the same digest. */
      contentDigest: sha256Schema,
      /** Blob: JSON object of path to SHA-256 of the file's blob. */
      filesBlob: sha256Schema,
      fileCount: z.int().min(1),
      totalBytes: z.int().min(1),
      compressedBytes: z.int().min(1),
    }),
  },
  /** A verdict on what the miner sent, by name. Final. */
  SubmissionRejected: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({
      stage: z.enum(['intake', 'review', 'evaluation']),
      code: z.string().regex(/^[a-z][a-z0-9-]{1,63}$/),
      message: z.string().max(1_000),
      findings: z.array(findingSchema).max(20),
      /** Blob: the reviewer's whole answer, where there is one. */
      findingsBlob: sha256Schema.nullable(),
    }),
  },
  SubmissionReviewed: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({
      reviewer: z.strictObject({ image: z.string().max(200), normaliser: z.int().min(1) }),
      architecture: fingerprintSchema.nullable(),
      training: fingerprintSchema.nullable(),
      inference: z.strictObject({ digest: sha256Schema }).nullable(),
      hooks: z
        .array(z.strictObject({ name: z.string().max(40), where: z.enum(['architecture', 'training']) }))
        .max(16),
      warnings: z.int().min(0),
      findingsBlob: sha256Schema,
    }),
  },
  /** What a model makes of the sources: advice. Whatever is not `clear` holds the review for a person; no model rejects. */
  SemanticReviewed: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({
      /** The `contentDigest` of what was read. */
      codeDigest: sha256Schema,
      /** The name that the model was asked by; null: none was to be asked. */
      model: z.string().min(1).max(200).nullable(),
      /** `failed`: there is no answer that can be believed. */
      verdict: z.enum(['clear', 'suspicious', 'failed']),
      /** The model's words, or those of the check that comes before it. */
      findings: z.array(semanticFindingSchema).max(MAX_FINDINGS),
      /** Why its review is held, in the engine's words; null where it is not. */
      reason: reason.nullable(),
      /** Blob: what was asked and answered; null where nothing was asked. */
      answerBlob: sha256Schema.nullable(),
    }),
  },
  /** A person has looked: `admit` lets the review go on, `reject` is followed by `SubmissionRejected`. */
  ReviewHoldResolved: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({ outcome: z.enum(['admit', 'reject']), reason }),
  },
  /** Nobody looked in time: the review goes on. */
  ReviewHoldExpired: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({}),
  },
  /** Infrastructure failed, not the submission. */
  ReviewFaulted: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({ attempt, reason }),
  },
  /** What will be run, on which streams. Recorded once; every attempt uses it. */
  EvaluationPlanned: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({
      /** SHA-256 of the canonical plan in the submission's policy. */
      planDigest: sha256Schema,
      /** Digest of the corpus manifest that all streams are drawn from. */
      corpus: sha256Schema,
      /** Where the value comes from that the seeds are drawn from: what the policy's rule names. */
      randomness: randomnessSourceSchema,
      /** One per paired repetition. */
      seeds: z.array(sha256Schema).min(1).max(16),
      /** Every run, in the order in which they are done. */
      runs: z.array(runKeySchema).min(1).max(1_000),
      /** Where the first seed's best pair is so much worse than the panel, only the first stage is run. Null: never. */
      futilityMicrobits: z.int().min(0).nullable(),
      /** An inference hook is judged with the runs of this pair; null: the submission has none. */
      hookWith: z.enum(['architecture', 'recipe']).nullable(),
      /** Architectures of other owners that the recipe is tried on, drawn by the seeds. */
      others: z.array(z.strictObject({ family: uuidSchema, submission: uuidSchema })).max(2),
      /** Whose architecture runs: the submission's own id, or its family's discoverer. */
      architectureFrom: uuidSchema,
    }),
  },
  EvaluationStarted: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({
      attempt,
      token,
      worker: z.string().min(1).max(64),
      leaseUntil: timeSchema,
      deadline: timeSchema,
    }),
  },
  EvaluationRenewed: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({ attempt, token, leaseUntil: timeSchema }),
  },
  RunMeasured: {
    category: 'submission',
    version: 1,
    derived: false,
    data: measurementSchema.extend({ attempt, token }),
  },
  /** Infrastructure failed during an attempt, which ends it. */
  EvaluationFaulted: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({ attempt, token, reason }),
  },
  /** The holder of a lease was not heard of: from here on its results are refused. */
  EvaluationLapsed: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({ attempt, token, reason }),
  },
  /** Given up after too many attempts: infrastructure, never a verdict. Final. */
  EvaluationAbandoned: {
    category: 'submission',
    version: 1,
    derived: false,
    data: z.strictObject({ stage: z.enum(['review', 'evaluation']), attempts: z.int().min(1), reason }),
  },
  /** A claim looks good enough to be confirmed on seeds that nothing was selected by: which runs, against what, at which chance of error. */
  ConfirmationCalled: {
    category: 'submission',
    version: 1,
    derived: true,
    data: z.strictObject({
      basis: uuidSchema,
      claim: claimKindSchema,
      family: uuidSchema,
      /** Submission whose recipe stands in the family; null: none does, and the reference has to be beaten. */
      incumbent: uuidSchema.nullable(),
      /** Submission whose architecture looks like this one; a run of it shows whether they are the same. */
      near: uuidSchema.nullable(),
      /** Which challenge of the family's standing recipe this is, from 1; 0: nothing stands. */
      challenge: z.int().min(0),
      /** Which submission of its hotkey this is, from 1. */
      entry: z.int().min(1),
      alphaPpt: z.int().min(0),
      seeds: z.array(sha256Schema).min(1).max(64),
      runs: z.array(runKeySchema).min(1).max(1_000),
    }),
  },
  SubmissionConfirmed: {
    category: 'submission',
    version: 1,
    derived: true,
    data: z.strictObject({
      /** Id of the last measurement. */
      basis: uuidSchema,
      claim: claimKindSchema,
      evidence: evidenceSchema,
      /** Of the claimed pair over the panel on the fresh seeds. */
      gain: gainSchema,
      hook: hookGainSchema.nullable(),
      /** What is worth paying: lower bounds of gain and hook (where it is within its latency bound), in microbits per byte. */
      valueMicrobits: z.int().min(0),
      /** Its judged curve is, bit for bit, that of what it was compared with: a copy. */
      identical: z.boolean(),
    }),
  },
  SubmissionScored: {
    category: 'submission',
    version: 1,
    derived: true,
    data: z.strictObject({
      /** Id of the last measurement. */
      basis: uuidSchema,
      /** Over the panel, under the judge's recipe; null where the kind has no architecture of its own. */
      architecture: gainSchema.nullable(),
      /** Of the recipe over the judge's on the same architecture, or over the panel where that is better; null where no recipe was run. */
      training: gainSchema.nullable(),
      /** Of the inference hook over plain `forward`; null where there is none. */
      hook: hookGainSchema.nullable(),
      /** Of the better of architecture and recipe over the panel, penalties taken off. */
      total: gainSchema,
      /** Lower bound of `total`, not below 0, in parts per million of 8 bits. */
      scorePpm: z.int().min(0).max(1_000_000),
      /** What `total` is made of, and what was measured besides. */
      card: cardSchema,
      /** What the recipe adds on architectures that are not the submission's: evidence, not part of the total. */
      elsewhere: z.array(
        z.strictObject({
          on: z.enum(['reference', 'other']),
          variant: z.int().min(0).max(7),
          gain: gainSchema,
        }),
      ),
      /**
       * Digest of the architecture's tensors across the points, as its host has declared them; null where it has told none. Evidence on a hold,
       * not part of the total.
       */
      structure: sha256Schema.nullable(),
    }),
  },
} as const;
