/** What is trained: a base point at small scale, ladders from it, and the same base point for many times as long. */
import { type Plan, planSchema } from '../domain/evaluation/plan.ts';
import { tinyPlan } from '../domain/policy/default.ts';

export const RUNGS = ['base', 'size/2', 'size/4', 'sequence/2', 'batch/2', 'depth/2', 'depth*2'] as const;
export type Rung = (typeof RUNGS)[number];
export const LADDERS = ['size', 'depth', 'sequence', 'batch'] as const;
export type Ladder = (typeof LADDERS)[number];
export type Scale = 'small' | 'large';

interface Point {
  readonly batch: number;
  readonly sequenceLength: number;
  readonly maxParameters: number;
  readonly maxLayers: number;
}

/** A study's sizes. */
export interface Extent {
  readonly base: Point;
  /** Windows judged at each checkpoint, by step; the last step ends the training. */
  readonly checkpoints: { readonly [scale in Scale]: readonly (readonly [step: number, windows: number])[] };
  readonly seeds: { readonly [scale in Scale]: number };
  readonly rungs: readonly Rung[];
  /** Null: all there are. */
  readonly architectures: readonly string[] | null;
}

/** Checkpoints are log-spaced at first, dense and precise at the end. The large scale trains for 16 times as long. */
export const FULL: Extent = {
  base: { batch: 16, sequenceLength: 64, maxParameters: 160_000, maxLayers: 2 },
  checkpoints: {
    small: [
      ...([20, 40, 70, 110] as const).map((step) => [step, 256] as const),
      ...([160, 200, 240] as const).map((step) => [step, 512] as const),
      ...([270, 300] as const).map((step) => [step, 1_024] as const),
    ],
    large: [
      ...([25, 50, 100, 200] as const).map((step) => [step, 256] as const),
      ...([300, 600, 1_200, 2_400, 3_600] as const).map((step) => [step, 512] as const),
      ...([4_320, 4_560, 4_800] as const).map((step) => [step, 1_024] as const),
    ],
  },
  seeds: { small: 3, large: 2 },
  rungs: RUNGS,
  architectures: null,
};

/** A miniature that takes minutes and shows that everything works; its figures mean nothing. */
export const QUICK: Extent = {
  base: { batch: 8, sequenceLength: 32, maxParameters: 80_000, maxLayers: 1 },
  checkpoints: {
    small: ([8, 12, 18, 24, 36, 40] as const).map((step) => [step, 128] as const),
    large: ([40, 80, 150, 160] as const).map((step) => [step, 256] as const),
  },
  seeds: { small: 2, large: 2 },
  rungs: ['base', 'batch/2'],
  architectures: ['byte-bigram', 'byte-unigram', 'gru', 'mlp'],
};

function changed(base: Point, rung: Rung): Point {
  const changes: { readonly [rung in Rung]: Partial<Point> } = {
    base: {},
    'size/2': { maxParameters: base.maxParameters / 2 },
    'size/4': { maxParameters: base.maxParameters / 4 },
    'sequence/2': { sequenceLength: base.sequenceLength / 2 },
    'batch/2': { batch: base.batch / 2 },
    'depth/2': { maxLayers: base.maxLayers / 2 },
    'depth*2': { maxLayers: base.maxLayers * 2 },
  };
  return { ...base, ...changes[rung] };
}

const WALL_MS = 3_600_000;

/** The judge's plan for one scale and rung: the tiny profile's, with the sizes of the study. */
export function planOf({ base, checkpoints }: Extent, scale: Scale, rung: Rung): Plan {
  const { batch, sequenceLength, maxParameters, maxLayers } = changed(base, rung);
  return planSchema.parse({
    ...tinyPlan,
    steps: checkpoints[scale].at(-1)?.[0],
    checkpoints: checkpoints[scale].map(([step, windows]) => ({ step, windows })),
    batch,
    sequenceLength,
    context: { ...tinyPlan.context, maxLayers, maxParameters },
    trainer: { ...tinyPlan.trainer, wallMs: WALL_MS },
    predictor: { ...tinyPlan.predictor, wallMs: WALL_MS },
  });
}
