/** Which runs an evaluation consists of, and in which order. */
import { z } from 'zod';
import { isTable, type Plan } from './plan.ts';

/**
 * What is trained, and by whose recipe:
 * `reference`            a member of the judge's panel (`variant`: its place in the plan) under the judge's recipe;
 * `architecture`         the submission's architecture (or its family's) under the judge's recipe;
 * `recipe`               the same architecture under the submission's recipe;
 * `recipe-on-reference`  the panel's first trained model under the submission's recipe;
 * `other`                another owner's architecture (`variant`: its place in `EvaluationPlanned.others`) under the judge's recipe;
 * `recipe-on-other`      the same under the submission's recipe;
 * `incumbent`            the recipe that stands in the submission's family, on the family's architecture;
 * `near`                 the architecture that looks like the submission's, under the judge's recipe.
 * The last two are of confirmations only.
 */
export const PAIRS = [
  'reference',
  'architecture',
  'recipe',
  'recipe-on-reference',
  'other',
  'recipe-on-other',
  'incumbent',
  'near',
] as const;
export const pairSchema = z.enum(PAIRS);
export type Pair = z.infer<typeof pairSchema>;

export const runKeySchema = z.strictObject({
  pair: pairSchema,
  variant: z.int().min(0).max(7),
  /** Which of the plan's points; 0 is the base point. */
  point: z.int().min(0).max(16),
  /** Index into the submission's seeds: the plan's, then those of its confirmations. */
  seed: z.int().min(0).max(255),
});
export type RunKey = z.infer<typeof runKeySchema>;

/** A run's name for people and for idempotent writes: `architecture seed 1`, `reference 2 at point 3 seed 0`. */
export function runName({ pair, variant, point, seed }: RunKey): string {
  const which = variant === 0 ? pair : `${pair} ${variant}`;
  return `${which}${point === 0 ? '' : ` at point ${point}`} seed ${seed}`;
}

export function sameRun(a: RunKey, b: RunKey): boolean {
  return a.pair === b.pair && a.variant === b.variant && a.point === b.point && a.seed === b.seed;
}

export interface Wanted {
  readonly plan: Plan;
  /** The submission has a recipe of its own. */
  readonly recipe: boolean;
  /** Other owners' architectures that its recipe is tried on. */
  readonly others: number;
}

/** Pairs with their variants at one point. */
function pairsAt(
  point: number,
  { plan, recipe, others }: Wanted,
): readonly Pick<RunKey, 'pair' | 'variant'>[] {
  const members = plan.panel.flatMap(({ cost }, variant) =>
    point === 0 || cost === 1 ? [{ pair: 'reference', variant } as const] : [],
  );
  const own = [{ pair: 'architecture', variant: 0 } as const];
  if (!recipe) return [...members, ...own];
  const both = [...members, ...own, { pair: 'recipe', variant: 0 } as const];
  if (point > 0) return both;
  const onReference = plan.elsewhere.reference ? [{ pair: 'recipe-on-reference', variant: 0 } as const] : [];
  const onOthers = Array.from({ length: others }, (_, variant) => [
    { pair: 'other', variant } as const,
    { pair: 'recipe-on-other', variant } as const,
  ]).flat();
  return [...both, ...onReference, ...onOthers];
}

/** Every run of an evaluation in the order in which they are done: the base point on each seed, then each ladder's rungs. */
export function runsOf(wanted: Wanted): readonly RunKey[] {
  const { plan } = wanted;
  const at = (point: number, seed: number) =>
    pairsAt(point, wanted).map((which): RunKey => ({ ...which, point, seed }));
  const base = Array.from({ length: plan.seeds }, (_, seed) => at(0, seed)).flat();
  let point = 0;
  const rungs = plan.ladders.flatMap((ladder) =>
    ladder.rungs.flatMap(() => {
      point += 1;
      const here = point;
      const seeds = Math.min(ladder.seeds, plan.seeds);
      return Array.from({ length: seeds }, (_, seed) => at(here, seed)).flat();
    }),
  );
  return [...base, ...rungs];
}

/** What a confirmation runs besides the panel and the pair that is confirmed. */
export interface Confirmed {
  readonly claim: 'architecture' | 'training';
  /** Base-point seeds. */
  readonly runs: number;
  /** Index of the first of its seeds. */
  readonly firstSeed: number;
  /** Some recipe stands and has to be beaten. */
  readonly incumbent: boolean;
  /** Some other architecture looks like it. */
  readonly near: boolean;
}

/** Every run of a confirmation: the whole grid again on seeds that nothing was selected by, beside what has to be beaten. */
export function confirmationRuns(plan: Plan, confirmed: Confirmed): readonly RunKey[] {
  const { claim, runs, firstSeed, incumbent, near } = confirmed;
  const again = { ...plan, seeds: runs, elsewhere: { reference: false, families: 0 } };
  const grid = runsOf({ plan: again, recipe: claim === 'training', others: 0 });
  // What stands is tried wherever the recipe is; one run proves identity or does not.
  const standing = grid
    .filter(({ pair }) => incumbent && pair === 'recipe')
    .map((run) => ({ ...run, pair: 'incumbent' as const }));
  const alike = near ? [{ pair: 'near', variant: 0, point: 0, seed: 0 } as const] : [];
  return [...grid, ...standing, ...alike].map((run) => ({ ...run, seed: run.seed + firstSeed }));
}

/** The first stage is the base point on the first seed: what fails badly there is not run on. */
export function isFirstStage({ point, seed }: RunKey): boolean {
  return point === 0 && seed === 0;
}

/** The panel's first trained model at cost 1: what a recipe is tried on, and the yardstick of latency. */
export function firstTrained({ panel }: Pick<Plan, 'panel'>): number {
  return panel.findIndex(({ model, cost }) => cost === 1 && !isTable(model));
}
