/** The probe plan: what is trained, for how long, and how it is judged. It is data in the policy. */
import { z } from 'zod';
import { randomnessRuleSchema } from '../randomness/source.ts';
import { MICROBITS_PER_BYTE } from './units.ts';

const positive = z.int().min(1);

const containerLimitsSchema = z.strictObject({
  memoryBytes: positive,
  /** Thousandths of a CPU. */
  milliCpus: positive,
  pids: positive,
  tmpBytes: positive,
  wallMs: positive,
});

/** One point on the judged curve. */
const checkpointSchema = z.strictObject({
  /** Training steps done when the model is taken. */
  step: positive,
  /** Number of windows judged, each used once in the whole run. */
  windows: positive,
});

/** What a project is asked to keep to, as `ctx` tells it. */
const contextSchema = z.strictObject({
  maxLayers: positive,
  /** Enforced: the run ends where `build_model` returns more. */
  maxParameters: positive,
  /** How many layers the probe wishes, where it asks for a depth; a project may ignore it. */
  depth: positive.nullable(),
});

/** What a rung of a ladder may change. */
const pointFields = {
  steps: positive.max(100_000),
  /** Windows revealed per step. */
  batch: positive.max(1_024),
  /** Bytes that the model reads; a window has one byte more, its last target. */
  sequenceLength: z.int().min(8).max(65_536),
  checkpoints: z.array(checkpointSchema).min(2).max(40),
  context: contextSchema,
  /** Largest model state taken from a trainer, in bytes of raw tensors. */
  maxStateBytes: positive,
};
const pointSchema = z.strictObject(pointFields);
/** One point of the plan: everything that a single training run needs to know. */
export type ProbePoint = z.infer<typeof pointSchema>;

/** The judge's own models. The first two are trained in containers, the tables are counted by the judge itself. */
export const panelModelSchema = z.enum(['bigram', 'transformer', 'ngram', 'mixer']);
export type PanelModel = z.infer<typeof panelModelSchema>;
export const isTable = (model: PanelModel): boolean => model === 'ngram' || model === 'mixer';

const panelMemberSchema = z.strictObject({
  model: panelModelSchema,
  /** Optimiser steps per revealed batch: the reference at so many times its cost. A table has 1. */
  cost: z.int().min(1).max(16),
});

export const AXES = ['size', 'depth', 'sequence', 'batch'] as const;
export const axisSchema = z.enum(AXES);
export type Axis = z.infer<typeof axisSchema>;

const ladderSchema = z.strictObject({
  axis: axisSchema,
  /** Each is the base point with these changes. */
  rungs: z
    .array(
      pointSchema.partial().extend({
        /** Where the rung stands on its axis: thousandths of the base point's value. */
        scaleMilli: positive,
      }),
    )
    .min(1)
    .max(4),
  /** Seeds that each rung is run on: the first ones of the plan. */
  seeds: positive.max(16),
});

/** A submission's compressed files may not exceed this; see the intake's rules. */
const PAYLOAD_CAP_BYTES = 24 * 1_024;
const BYTES_PER_PARAMETER = 64;
const PAYLOADS_REVEALED = 1_000;

export const planSchema = z
  .strictObject({
    /** `official` is the only one that may pay, and has to be strict enough for it. */
    profile: z.enum(['tiny', 'standard', 'official']),
    /** Paired repetitions: every pair runs once on the streams of each seed. */
    seeds: positive.max(16),
    ...pointFields,
    /** Requests that the windows of a checkpoint are spread over, each with one common secret prefix length. */
    requestsPerCheckpoint: positive.max(64),
    /** What a gain is measured over: the best of these, at equal cost where a model is there at several costs. */
    panel: z.array(panelMemberSchema).min(1).max(8),
    ladders: z.array(ladderSchema).max(AXES.length),
    /** Where a submission's recipe is tried besides its own architecture. */
    elsewhere: z.strictObject({
      /** On the panel's first trained model. */
      reference: z.boolean(),
      /** On so many architectures of other owners, drawn after admission. */
      families: z.int().min(0).max(2),
    }),
    /** What is repeated in a fresh container, at secret places, to see whether the answer is the same. */
    checks: z.strictObject({
      /** Seeds on which it is done, at the base point; the first ones. */
      seeds: z.int().min(0).max(16),
      /** Segments between two snapshots of each run under the judge's recipe that are trained again. */
      steps: z.int().min(0).max(8),
      /** Windows of every judged request that are asked again alone; of the others half are asked again together. 0: none are. */
      predictions: z.int().min(0).max(8),
      /** Tensors that change otherwise than the judge's AdamW moves parameters may hold this share of the state. */
      unlearnedPpm: z.int().min(0).max(1_000_000),
    }),
    /** A new predictor for every checkpoint, so that nothing can be carried from one to the next. */
    freshPredictors: z.boolean(),
    /** After the first seed at the base point: where the best pair is so much worse than the reference, the rest is not run. Null: never. */
    futilityMicrobits: z
      .int()
      .min(0)
      .max(64 * MICROBITS_PER_BYTE)
      .nullable(),
    /** Where the value comes from that all randomness of an evaluation derives from, known to nobody before the submission is admitted. */
    randomness: randomnessRuleSchema,
    timeouts: z.strictObject({
      startMs: positive,
      buildMs: positive,
      stepMs: positive,
      snapshotMs: positive,
      predictMs: positive,
    }),
    trainer: containerLimitsSchema,
    predictor: containerLimitsSchema,
  })
  .superRefine((plan, context) => {
    const places: (string | number)[][] = [
      [],
      ...plan.ladders.flatMap(({ rungs }, ladder) =>
        rungs.map((_, rung) => ['ladders', ladder, 'rungs', rung]),
      ),
    ];
    for (const [index, point] of pointsOf(plan).entries()) {
      for (const { path, message } of problemsOf(point))
        context.addIssue({ code: 'custom', path: [...(places[index] ?? []), ...path], message });
    }
    const trained = plan.panel.filter(({ model }) => !isTable(model));
    if (!trained.some(({ cost }) => cost === 1)) {
      context.addIssue({ code: 'custom', path: ['panel'], message: 'needs a trained model at cost 1' });
    }
    if (plan.panel.some(({ model, cost }) => isTable(model) && cost !== 1)) {
      context.addIssue({ code: 'custom', path: ['panel'], message: 'a table has no cost but 1' });
    }
    if (new Set(plan.panel.map(({ model, cost }) => `${model} ${cost}`)).size !== plan.panel.length) {
      context.addIssue({ code: 'custom', path: ['panel'], message: 'a member is there twice' });
    }
    if (new Set(plan.ladders.map(({ axis }) => axis)).size !== plan.ladders.length) {
      context.addIssue({ code: 'custom', path: ['ladders'], message: 'an axis has one ladder' });
    }
    for (const message of plan.profile === 'official' ? tooLaxToPay(plan) : []) {
      context.addIssue({ code: 'custom', message: `the profile official pays: ${message}` });
    }
  });

export type Plan = z.infer<typeof planSchema>;

/** The plan's points: the base point first, then the rungs of each ladder in turn. */
export function pointsOf(plan: Pick<Plan, keyof ProbePoint | 'ladders'>): readonly ProbePoint[] {
  const { steps, batch, sequenceLength, checkpoints, context, maxStateBytes } = plan;
  const base: ProbePoint = { steps, batch, sequenceLength, checkpoints, context, maxStateBytes };
  const rungs = plan.ladders.flatMap((ladder) =>
    ladder.rungs.map(
      (rung): ProbePoint => ({
        steps: rung.steps ?? base.steps,
        batch: rung.batch ?? base.batch,
        sequenceLength: rung.sequenceLength ?? base.sequenceLength,
        checkpoints: rung.checkpoints ?? base.checkpoints,
        context: rung.context ?? base.context,
        maxStateBytes: rung.maxStateBytes ?? base.maxStateBytes,
      }),
    ),
  );
  return [base, ...rungs];
}

/** The plan as it stands at one of its points. Throws `RangeError` where there is no such point. */
export function planAt(plan: Plan, point: number): Plan {
  const found = pointsOf(plan)[point];
  if (found === undefined) throw new RangeError(`the plan has no point ${point}`);
  return { ...plan, ...found };
}

function problemsOf({ checkpoints, steps }: ProbePoint) {
  const problems: { readonly path: readonly (string | number)[]; readonly message: string }[] = [];
  let last = 0;
  for (const [index, { step }] of checkpoints.entries()) {
    if (step <= last) problems.push({ path: ['checkpoints', index, 'step'], message: 'steps must increase' });
    last = step;
  }
  if (last !== steps)
    problems.push({ path: ['checkpoints'], message: `the last checkpoint must be at step ${steps}` });
  return problems;
}

/** Training bytes that a whole run reveals. */
export function revealedBytes({ steps, batch, sequenceLength }: Omit<ProbePoint, 'maxStateBytes'>): number {
  return steps * batch * (sequenceLength + 1);
}

/** What a plan lacks before anyone is paid by it. */
function tooLaxToPay(plan: Omit<Plan, 'profile'>): string[] {
  const revealed = Math.min(...pointsOf(plan).map(revealedBytes));
  const perParameter = Math.min(
    ...pointsOf(plan).map((point) => revealedBytes(point) / point.context.maxParameters),
  );
  const rules: readonly (readonly [boolean, string])[] = [
    [plan.seeds >= 3, 'at least 3 seeds'],
    [plan.randomness.kind !== 'committed', 'randomness that is public'],
    [plan.freshPredictors, 'a fresh predictor for every checkpoint'],
    [
      plan.checks.seeds > 0 && plan.checks.steps > 0 && plan.checks.predictions > 0,
      'repeated steps and predictions',
    ],
    [
      plan.checks.unlearnedPpm <= 10_000,
      'at most 1 % of the state in tensors that the optimiser does not move',
    ],
    [plan.ladders.length === AXES.length, `a ladder on each of ${AXES.join(', ')}`],
    [
      [2, 4].every((cost) => plan.panel.some((member) => member.cost === cost)),
      'a reference at 2 and 4 times its cost',
    ],
    [
      plan.panel.some(({ model }) => model === 'mixer') && plan.panel.some(({ model }) => model === 'ngram'),
      'both tables in the panel',
    ],
    [
      perParameter >= BYTES_PER_PARAMETER,
      `at least ${BYTES_PER_PARAMETER} revealed bytes per parameter at every point; the least is ${perParameter}`,
    ],
    [
      revealed >= PAYLOADS_REVEALED * PAYLOAD_CAP_BYTES,
      `at least ${PAYLOADS_REVEALED * PAYLOAD_CAP_BYTES} revealed bytes, ${PAYLOADS_REVEALED} times the largest payload`,
    ],
  ];
  return rules.filter(([kept]) => !kept).map(([, wanted]) => `it needs ${wanted}`);
}
