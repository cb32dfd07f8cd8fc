/**
 * Which ideas remain strong across repeated small-model evaluations? Every evaluation of a family under the judge's recipe, or of a recipe on
 * some architecture, on seeds of its own, is one observation of the idea: its mean gain. What spreads are evaluations, not seeds.
 */
import { estimateObservations, eventsOf, Grid, type Observation, over, overPanelAtCost } from './compare.ts';
import { type Evidence, type Judged, judgedOf, type Round } from './evidence.ts';
import type { RunFigures } from './figures.ts';
import { type Estimate, estimateOf, shareOf } from './interval.ts';
import { familyTried } from './learning-speed.ts';
import { asked, grouped, type Row, ranked } from './question.ts';

/** On what a recipe was tried: its submission's architecture, the judge's, another owner's, or one that it was the incumbent of. */
export type Place = 'own' | 'reference' | 'other' | 'incumbent';

export interface Evaluation {
  readonly submission: string;
  readonly hotkey: string;
  /** 0: the first evaluation of the submission; then its confirmations. */
  readonly round: number;
  readonly place: Place;
  /** Over seeds. */
  readonly gainMicrobits: Estimate;
}

export interface Repeated extends Row {
  /** A family, by its id, or a recipe, by the digest of its normalised syntax. */
  readonly idea: 'family' | 'recipe';
  /** Submissions in whose evaluations it was tried come from so many hotkeys. */
  readonly hotkeys: number;
  readonly evaluations: readonly Evaluation[];
  /** Share of the evaluations in which the whole interval of the gain is above 0. */
  readonly positivePpm: Estimate;
  /** Mean of the evaluations' gains, its interval from how they differ. Rows are ranked by it. */
  readonly gainMicrobits: Estimate;
  /** Two evaluations or more, and the whole interval above 0. */
  readonly repeats: boolean;
}

interface Trial {
  readonly idea: 'family' | 'recipe';
  readonly subject: string;
  readonly place: Place;
  readonly variant: number;
  readonly observation: Observation;
}

/** What the recipe of a run is to be compared with: the same architecture under the judge's recipe. */
function recipeTried(
  grid: Grid,
  run: RunFigures,
): { readonly place: Place; readonly base: RunFigures | undefined } | null {
  switch (run.pair) {
    case 'recipe':
      return { place: 'own', base: grid.beside(run, 'architecture') };
    case 'recipe-on-reference':
      return { place: 'reference', base: grid.beside(run, 'reference', grid.terms.firstTrained) };
    case 'recipe-on-other':
      return { place: 'other', base: grid.beside(run, 'other', run.variant) };
    case 'incumbent':
      return { place: 'incumbent', base: grid.beside(run, 'architecture') };
    default:
      return null;
  }
}

function familyTrial(judged: Judged, grid: Grid, run: RunFigures): readonly Trial[] {
  const subject = familyTried(judged, run);
  const observation = subject === null ? null : overPanelAtCost(grid, run, 'figure');
  if (subject === null || observation === null) return [];
  const place = run.pair === 'other' ? 'other' : 'own';
  return [{ idea: 'family', subject, place, variant: run.variant, observation }];
}

function recipeTrial(judged: Judged, round: Round, grid: Grid, run: RunFigures): readonly Trial[] {
  const tried = recipeTried(grid, run);
  const subject = tried?.place === 'incumbent' ? round.incumbent : judged.training;
  if (tried?.base === undefined || subject === null) return [];
  const observation = over(tried.base, run, (one) => one.figure);
  return [{ idea: 'recipe', subject, place: tried.place, variant: run.variant, observation }];
}

interface Found {
  readonly trial: Trial;
  readonly evaluation: Evaluation;
  readonly observations: readonly Observation[];
  readonly floor: number;
}

function evaluationsIn(judged: Judged): readonly Found[] {
  const floor = judged.terms.scoring.standardErrorFloorMicrobits;
  const { submission, hotkey, terms } = judged;
  return judged.rounds.flatMap((round, number) => {
    const grid = new Grid(round.runs, terms);
    const trials = round.runs
      .filter(({ point }) => point === 0)
      .flatMap((run) => [...familyTrial(judged, grid, run), ...recipeTrial(judged, round, grid, run)]);
    const groups = grouped(trials, (trial) => [trial.subject, trial.place, trial.variant].join(' '));
    return [...groups.values()].flatMap((group) => {
      const [trial] = group;
      const observations = group.map(({ observation }) => observation);
      const gainMicrobits = estimateObservations(observations, floor);
      if (trial === undefined || gainMicrobits === null) return [];
      const evaluation = { submission, hotkey, round: number, place: trial.place, gainMicrobits };
      return [{ trial, evaluation, observations, floor }];
    });
  });
}

function rowOf(found: readonly Found[]): Repeated | null {
  const [first] = found;
  const evaluations = found.map(({ evaluation }) => evaluation);
  const positive = evaluations.filter(({ gainMicrobits: { lower } }) => lower !== null && lower > 0).length;
  const floor = Math.max(...found.map((one) => one.floor));
  const gainMicrobits = estimateOf(
    evaluations.map((evaluation) => evaluation.gainMicrobits.mean),
    floor,
  );
  const positivePpm = shareOf(positive, evaluations.length);
  if (first === undefined || gainMicrobits === null || positivePpm === null) return null;
  return {
    subject: first.trial.subject,
    plan: null,
    idea: first.trial.idea,
    hotkeys: new Set(evaluations.map(({ hotkey }) => hotkey)).size,
    evaluations,
    positivePpm,
    gainMicrobits,
    repeats: gainMicrobits.lower !== null && gainMicrobits.lower > 0,
    events: eventsOf(found.flatMap(({ observations }) => observations)),
  };
}

const ofIdea = ({ idea }: Repeated) => idea;

export const repeats = asked<Repeated>({
  name: 'questions/repeats',
  rows(evidence: Evidence) {
    const found = judgedOf(evidence).flatMap(evaluationsIn);
    const ideas = grouped(found, ({ trial }) => `${trial.idea} ${trial.subject}`);
    const rows = [...ideas.values()].flatMap((one) => rowOf(one) ?? []);
    return ranked(rows, (row) => row.gainMicrobits, ofIdea);
  },
  // Families gain over the panel, recipes over the judge's: they are not compared with each other.
  groupOf: ofIdea,
  measures: { gainMicrobits: (row) => row.gainMicrobits },
});
