/**
 * Which architecture families learn fastest under fixed resource budgets? Every run of a family at the base point under the judge's recipe,
 * its own or in another's evaluation, is one observation: its gain over the best of the panel on the same streams.
 */
import {
  estimateObservations,
  eventsOf,
  type Grid,
  gridOf,
  type Observation,
  overPanelAtBytes,
} from './compare.ts';
import { type Discovery, type Evidence, type Judged, judgedOf } from './evidence.ts';
import { lossAfter, type RunFigures, SHARES } from './figures.ts';
import { type Estimate, estimateOf } from './interval.ts';
import { asked, grouped, type Row, ranked } from './question.ts';

export interface LossAt {
  /** Share of the plan's bytes. */
  readonly bytesPpm: number;
  /** Judged loss there. */
  readonly lossMicrobits: Estimate;
  /** Over the best of the panel there. */
  readonly gainMicrobits: Estimate;
}

export interface LearningSpeed extends Row {
  readonly owner: Discovery | null;
  /** Submissions in whose evaluations it was run. */
  readonly submissions: number;
  /** At equal bytes: gain in the loss averaged over all bytes revealed. Rows are ranked by it. */
  readonly areaMicrobits: Estimate;
  readonly at: readonly LossAt[];
  /** At equal device time: gain in the loss after the time that the panel's first trained model takes for all bytes. Null where it was not measured. */
  readonly timeMicrobits: Estimate | null;
}

interface Trial {
  readonly judged: Judged;
  readonly family: string;
  readonly run: RunFigures;
  readonly area: Observation;
  readonly at: readonly Observation[];
  readonly time: number | null;
}

/** What a run under the judge's recipe is a run of; null for every other run. */
export function familyTried({ family, others }: Judged, { pair, variant }: RunFigures): string | null {
  if (pair === 'architecture') return family;
  return pair === 'other' ? (others[variant] ?? null) : null;
}

/** The loss after so much device time, as if every byte had taken as long. */
function lossInTime({ reached, costUs }: RunFigures, timeUs: number): number {
  const bytes = reached.at(-1)?.bytes ?? 0;
  const within = (BigInt(bytes) * BigInt(Math.min(timeUs, costUs))) / BigInt(costUs);
  return lossAfter(reached, Number(within));
}

function gainInTime(grid: Grid, run: RunFigures): number | null {
  const yardstick = grid.beside(run, 'reference', grid.terms.firstTrained);
  if (yardstick === undefined) return null;
  const panel = grid.panelBeside(run).map((member) => lossInTime(member.run, yardstick.costUs));
  return Math.min(...panel) - lossInTime(run, yardstick.costUs);
}

function trialsOf(judged: Judged): readonly Trial[] {
  const grid = gridOf(judged);
  return grid.runs.flatMap((run) => {
    const family = run.point === 0 ? familyTried(judged, run) : null;
    const area = family === null ? null : overPanelAtBytes(grid, run, (one) => one.area);
    if (family === null || area === null) return [];
    const at = SHARES.flatMap(
      (_, share) => overPanelAtBytes(grid, run, (one) => one.reached[share]?.lossMicrobits ?? 0) ?? [],
    );
    return [{ judged, family, run, area, at, time: gainInTime(grid, run) }];
  });
}

function rowOf(trials: readonly Trial[], { owners }: Evidence): LearningSpeed | null {
  const [first] = trials;
  const floor = Math.max(...trials.map(({ judged }) => judged.terms.scoring.standardErrorFloorMicrobits));
  const observations = trials.map(({ area }) => area);
  const areaMicrobits = estimateObservations(observations, floor);
  if (first === undefined || areaMicrobits === null) return null;
  const at = SHARES.flatMap(([part, of], share) => {
    const losses = trials.map(({ run }) => run.reached[share]?.lossMicrobits ?? 0);
    const gains = trials.flatMap((trial) => trial.at[share] ?? []);
    const [lossMicrobits, gainMicrobits] = [estimateOf(losses, floor), estimateObservations(gains, floor)];
    if (lossMicrobits === null || gainMicrobits === null) return [];
    return [{ bytesPpm: Number((1_000_000n * part) / of), lossMicrobits, gainMicrobits }];
  });
  return {
    subject: first.family,
    plan: first.judged.plan,
    owner: owners.get(first.family) ?? null,
    submissions: new Set(trials.map(({ judged }) => judged.submission)).size,
    areaMicrobits,
    at,
    timeMicrobits: estimateOf(
      trials.flatMap(({ time }) => time ?? []),
      floor,
    ),
    events: eventsOf(observations),
  };
}

export const learningSpeed = asked<LearningSpeed>({
  name: 'questions/learning-speed',
  rows(evidence) {
    const trials = judgedOf(evidence).flatMap(trialsOf);
    const groups = grouped(trials, ({ family, judged }) => `${judged.plan} ${family}`);
    const rows = [...groups.values()].flatMap((group) => rowOf(group, evidence) ?? []);
    return ranked(rows, (row) => row.areaMicrobits);
  },
  measures: { areaMicrobits: (row) => row.areaMicrobits },
});
