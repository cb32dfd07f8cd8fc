/** The short plan with everything that a grid has: every axis, tables in the panel, references at several costs, recipes elsewhere. */
import { type Plan, planSchema } from '../../domain/evaluation/plan.ts';
import { shortPlan } from './short-plan.ts';

const { context } = shortPlan;

export const shortGrid: Plan = planSchema.parse({
  ...shortPlan,
  panel: [
    { model: 'bigram', cost: 1 },
    { model: 'bigram', cost: 2 },
    { model: 'ngram', cost: 1 },
    { model: 'mixer', cost: 1 },
  ],
  ladders: [
    {
      axis: 'size',
      seeds: 1,
      rungs: [{ scaleMilli: 500, context: { ...context, maxParameters: context.maxParameters / 2 } }],
    },
    { axis: 'depth', seeds: 1, rungs: [{ scaleMilli: 500, context: { ...context, depth: 2 } }] },
    { axis: 'sequence', seeds: 1, rungs: [{ scaleMilli: 2_000, sequenceLength: 32, batch: 2 }] },
    {
      axis: 'batch',
      seeds: 1,
      rungs: [
        {
          scaleMilli: 2_000,
          batch: 8,
          steps: 6,
          checkpoints: [
            { step: 2, windows: 16 },
            { step: 5, windows: 16 },
            { step: 6, windows: 16 },
          ],
        },
      ],
    },
  ],
  elsewhere: { reference: true, families: 2 },
  checks: { seeds: 1, steps: 2, predictions: 2, unlearnedPpm: 10_000 },
  freshPredictors: true,
});

/** Weights for it. */
export const gridWeights = {
  area: 300_000,
  late: 200_000,
  extrapolated: 100_000,
  size: 100_000,
  depth: 100_000,
  sequence: 100_000,
  batch: 100_000,
} as const;
