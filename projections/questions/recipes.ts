/**
 * Which training recipes improve stability or sample efficiency? A recipe's runs against those of the judge's recipe on the same architecture,
 * seed by seed, on the same streams.
 */

import { seedSpread } from '../../domain/evaluation/signals/seed-spread.ts';
import { PPM } from '../../domain/evaluation/units.ts';
import {
  estimateObservations,
  eventsOf,
  type Grid,
  gridOf,
  type Observation,
  over,
  overAtCost,
} from './compare.ts';
import { type Judged, judgedOf } from './evidence.ts';
import type { Instability, RunFigures } from './figures.ts';
import { type Estimate, estimate, estimateOf, matchedDifference } from './interval.ts';
import { asked, type Row, ranked } from './question.ts';

export interface RecipeGain extends Row {
  readonly hotkey: string;
  readonly family: string | null;
  /** Digest of the normalised recipe. */
  readonly training: string | null;
  /** Sample efficiency: gain in the loss averaged over all bytes revealed, at the base point. Rows are ranked by it. */
  readonly areaMicrobits: Estimate;
  /** The same where what the recipe costs more is credited to the judge's. */
  readonly equalCostMicrobits: Estimate | null;
  /** Its device time in thousandths of that under the judge's recipe. */
  readonly costMilli: Estimate;
  /**
   * By how much less of what can go wrong went wrong, at every point of the plan: a run's worst judged signal, all of it where it ended early. Its
   * standard error is at least that of `endedPpm`.
   */
  readonly stabilityPpm: Estimate;
  /** Share of runs that ended early, by which it is lower. */
  readonly endedPpm: Estimate;
  /** By how much each judged signal is lower; null where the plan is too short for it. */
  readonly roughnessPpm: Estimate | null;
  readonly lossSpikesPpm: Estimate | null;
  readonly updateSpikesPpm: Estimate | null;
  /** By how much less the seeds of the base point are spread; null for one seed. */
  readonly seedSpreadMicrobits: Estimate | null;
}

interface Compared {
  readonly base: RunFigures;
  readonly own: RunFigures;
}

/** Every run of the recipe with the run of the judge's recipe beside it. */
export function comparedIn(grid: Grid): readonly Compared[] {
  return grid.runs.flatMap((own) => {
    const base = own.pair === 'recipe' ? grid.beside(own, 'architecture') : undefined;
    return base === undefined ? [] : [{ base, own }];
  });
}

/** The worst of a run's signals: being smooth in one way makes up for nothing in another. */
function worstOf({ completed, instability }: RunFigures): number {
  const { roughnessPpm, lossSpikesPpm, updateSpikesPpm } = instability;
  return completed ? Math.max(roughnessPpm ?? 0, lossSpikesPpm ?? 0, updateSpikesPpm ?? 0) : PPM;
}

function signalGain(pairs: readonly Compared[], key: keyof Instability): Estimate | null {
  return estimateOf(
    pairs.flatMap(({ base, own }) => {
      const [theirs, ours] = [base.instability[key], own.instability[key]];
      return theirs === null || ours === null ? [] : [theirs - ours];
    }),
  );
}

/** Difference of the standard deviations of the figures, each as uncertain as deviations of so many seeds are. */
function spreadGain(pairs: readonly Compared[]): Estimate | null {
  const [theirs, ours] = [
    seedSpread(
      pairs.map(({ base }) => base.figure),
      0,
    ),
    seedSpread(
      pairs.map(({ own }) => own.figure),
      0,
    ),
  ];
  if (theirs.kind !== 'reading' || ours.kind !== 'reading' || pairs.length < 2) return null;
  const [a, b] = [theirs.uncertaintyMicrobits, ours.uncertaintyMicrobits];
  const difference = theirs.standardDeviationMicrobits - ours.standardDeviationMicrobits;
  return estimate(pairs.length, difference, Math.round(Math.sqrt(a * a + b * b)), pairs.length - 1);
}

function rowOf(judged: Judged): RecipeGain | null {
  const grid = gridOf(judged);
  const all = comparedIn(grid);
  const atBase = all.filter(({ own }) => own.point === 0);
  const floor = judged.terms.scoring.standardErrorFloorMicrobits;
  const areas = atBase.map(({ base, own }) => over(base, own, (run) => run.area));
  const stability: readonly Observation[] = all.map(({ base, own }) => over(base, own, worstOf));
  const areaMicrobits = estimateObservations(areas, floor);
  const costMilli = estimateOf(atBase.map(({ base, own }) => Math.round((own.costUs * 1_000) / base.costUs)));
  const endedPpm = matchedDifference(
    all.filter(({ base, own }) => own.completed && !base.completed).length,
    all.filter(({ base, own }) => base.completed && !own.completed).length,
    all.length,
  );
  // What went wrong in none of few runs may go wrong in the next: no surer than the share of those that ended.
  const stabilityPpm = estimateObservations(stability, endedPpm?.standardError);
  if (areaMicrobits === null || stabilityPpm === null || costMilli === null || endedPpm === null) return null;
  const atCost = atBase.flatMap(({ base, own }) => overAtCost(grid, base, own, 'area') ?? []);
  return {
    subject: judged.submission,
    plan: judged.plan,
    hotkey: judged.hotkey,
    family: judged.family,
    training: judged.training,
    areaMicrobits,
    equalCostMicrobits: estimateObservations(atCost, floor),
    costMilli,
    stabilityPpm,
    endedPpm,
    roughnessPpm: signalGain(all, 'roughnessPpm'),
    lossSpikesPpm: signalGain(all, 'lossSpikesPpm'),
    updateSpikesPpm: signalGain(all, 'updateSpikesPpm'),
    seedSpreadMicrobits: spreadGain(atBase),
    events: eventsOf([...areas, ...stability, ...atCost]),
  };
}

export const recipes = asked<RecipeGain>({
  name: 'questions/recipes',
  rows: (evidence) =>
    ranked(
      judgedOf(evidence).flatMap((judged) => rowOf(judged) ?? []),
      (row) => row.areaMicrobits,
    ),
  measures: { areaMicrobits: (row) => row.areaMicrobits, stabilityPpm: (row) => row.stabilityPpm },
});
