/** A submission's score: the gains of its pairs over the best of the judge's panel, on the same streams, at equal cost. */
import { costOf } from '../evaluation/measurement.ts';
import type { Plan } from '../evaluation/plan.ts';
import { PPM } from '../evaluation/units.ts';
import type { DataOf } from '../events/catalogue.ts';
import { structureDigest } from '../ownership/structure.ts';
import type { Policy } from '../policy/policy.ts';
import { cardOf } from './card-of.ts';
import { lowerPpm } from './contributions.ts';
import type { Gain } from './gain.ts';
import { gainOf } from './gains.ts';
import { hookGain } from './hook.ts';
import { type Baseline, Runs, type ScoredRun } from './measured-runs.ts';
import { gainsOver } from './pair-gains.ts';
import { type Penalty, penaltiesOf } from './penalties.ts';

/** Lower bound of a gain as parts per million of the 8 bits that a byte holds: between 0 and one million. */
export function scorePpm(gain: Gain): number {
  return Math.min(Math.max(0, lowerPpm(gain)), PPM);
}

/** A gain with its penalties taken off: its interval moves with it. */
export function less(gain: Gain, penalties: readonly Penalty[]): Gain {
  const microbits = penalties.reduce((sum, penalty) => sum + penalty.microbits, 0);
  return {
    ...gain,
    meanMicrobits: gain.meanMicrobits - microbits,
    lowerMicrobits: gain.lowerMicrobits - microbits,
  };
}

/** What a recipe has to beat: the better of the panel and of the same architecture under the judge's recipe at equal cost. */
export function recipeBaseline(runs: Runs): Baseline {
  const architecture = atEqualCost(runs, 'architecture');
  return (run, key) => {
    const panel = runs.panelBeside(run, key);
    const standing = architecture(run, key);
    return panel === null || standing === null ? null : Math.min(panel, standing);
  };
}

/** What another pair reached on the same stream; where a run costs more, it is credited with what the extra cost is worth to the panel. */
export function atEqualCost(runs: Runs, pair: 'architecture' | 'incumbent'): Baseline {
  return (run, key) => {
    const other = runs.on(pair, 0, run.point, run.seed);
    const panel = runs.panelBeside(run, key);
    if (other === undefined || panel === null) return null;
    const cheaper = runs.panelBeside(run, key, costOf(other)) ?? panel;
    return runs.value(other, key) - Math.max(0, cheaper - panel);
  };
}

/** Gain of a recipe over the judge's on an architecture that is not the submission's, at the base point; null where it was not tried. */
function gainElsewhere(
  runs: Runs,
  tried: readonly ScoredRun[],
  standing: (run: ScoredRun) => ScoredRun | undefined,
  rules: Policy['scoring'],
): Gain | null {
  const differences = tried.flatMap((run) => {
    const other = standing(run);
    return other === undefined ? [] : [runs.value(other, 'figure') - runs.value(run, 'figure')];
  });
  return differences.length === 0 ? null : gainOf(differences, rules);
}

function elsewhereOf(runs: Runs, firstTrained: number, rules: Policy['scoring']) {
  const onReference = gainElsewhere(
    runs,
    runs.of('recipe-on-reference', 0, 0),
    (run) => runs.on('reference', firstTrained, 0, run.seed),
    rules,
  );
  const onOthers = [0, 1].map((variant) => ({
    on: 'other' as const,
    variant,
    gain: gainElsewhere(
      runs,
      runs.of('recipe-on-other', variant, 0),
      (run) => runs.on('other', variant, 0, run.seed),
      rules,
    ),
  }));
  return [{ on: 'reference' as const, variant: 0, gain: onReference }, ...onOthers].flatMap(
    ({ gain, ...where }) => (gain === null ? [] : [{ ...where, gain }]),
  );
}

/** Digest of what the hosts of the first seed's architecture runs have declared, over all points; null where they have declared nothing. */
function structureOf(measurements: readonly ScoredRun[]): string | null {
  const told = measurements.filter(
    ({ pair, seed, tensors }) => pair === 'architecture' && seed === 0 && tensors.length > 0,
  );
  return told.length === 0 ? null : structureDigest(told);
}

export interface ScoreSpec {
  readonly plan: Pick<Plan, 'panel' | 'ladders'>;
  readonly rules: Policy['scoring'];
  /** The panel's first trained model at cost 1. */
  readonly firstTrained: number;
  /** False for a `training_for_arch`, whose architecture is another's. */
  readonly ownArchitecture: boolean;
  /** Id of the last measurement. */
  readonly basis: string;
}

/** The score of a submission whose planned runs are all measured. Throws `RangeError` where a number that it rests on is not whole. */
export function scoreOf(measurements: readonly ScoredRun[], spec: ScoreSpec): DataOf<'SubmissionScored'> {
  const { plan, rules, ownArchitecture, basis } = spec;
  const runs = new Runs(measurements, plan, rules.payloadCounts);
  const overPanel: Baseline = (run, key) => runs.panelBeside(run, key);
  const architecture = gainsOver(runs, 'architecture', overPanel, plan, rules);
  const pair = gainsOver(runs, 'recipe', overPanel, plan, rules);
  const training = gainsOver(runs, 'recipe', recipeBaseline(runs), plan, rules);
  if (architecture === null)
    throw new RangeError('a score needs a run of the architecture and of the reference on a common seed');
  const taken = {
    architecture: penaltiesOf(runs.of('architecture', 0, 0), rules.penalties),
    recipe: penaltiesOf(runs.of('recipe', 0, 0), rules.penalties),
  };
  // The submission is worth its better pair: a recipe that hurts does not take away what the architecture has shown.
  const recipeIsBetter = pair !== null && pair.total.meanMicrobits > architecture.total.meanMicrobits;
  const best = recipeIsBetter ? pair : architecture;
  const bestPair = recipeIsBetter ? 'recipe' : 'architecture';
  const total = less(best.total, taken[bestPair]);
  return {
    basis,
    architecture: ownArchitecture ? less(architecture.total, taken.architecture) : null,
    training: training === null ? null : less(training.total, taken.recipe),
    hook: hookGain(runs, pair === null ? 'architecture' : 'recipe', rules),
    total,
    scorePpm: scorePpm(total),
    card: cardOf(runs, best, taken[bestPair], {
      pair: bestPair,
      plan,
      rules,
      sumPpm: lowerPpm(total),
      basis,
    }),
    elsewhere: elsewhereOf(runs, spec.firstTrained, rules),
    structure: structureOf(measurements),
  };
}
