/** All read models, and the fold that keeps them together. */
import type { PrismEvent } from '../domain/events/catalogue.ts';
import { leaderboard } from './leaderboard.ts';
import { owners } from './owners.ts';
import { stateDigest } from './projection.ts';
import { applyEvidence, noEvidence } from './questions/evidence.ts';
import { digestOfQuestion, QUESTION_NAMES } from './questions/index.ts';
import { submissions } from './submissions.ts';
import { weights } from './weights.ts';

/** Every read model at one index of the log. */
export function emptyReadModels() {
  return {
    /** Events folded so far. */
    size: 0,
    submissions: submissions.initial(),
    leaderboard: leaderboard.initial(),
    owners: owners.initial(),
    weights: weights.initial(),
    /** What the five questions are answered from. */
    evidence: noEvidence(),
  };
}

export type ReadModels = ReturnType<typeof emptyReadModels>;

/** Folds the next event of the log in place. */
export function project(models: ReadModels, event: PrismEvent): void {
  const index = models.size;
  submissions.apply(models.submissions, event, index);
  leaderboard.apply(models.leaderboard, event, index);
  owners.apply(models.owners, event, index);
  weights.apply(models.weights, event, index);
  applyEvidence(models.evidence, event, index);
  models.size += 1;
}

export const READ_MODELS = ['submissions', 'leaderboard', 'owners', 'weights', ...QUESTION_NAMES] as const;
export type ReadModelName = (typeof READ_MODELS)[number];

export function digestOfModel(models: ReadModels, name: ReadModelName): string {
  switch (name) {
    case 'submissions':
      return stateDigest(submissions, models.submissions);
    case 'leaderboard':
      return stateDigest(leaderboard, models.leaderboard);
    case 'owners':
      return stateDigest(owners, models.owners);
    case 'weights':
      return stateDigest(weights, models.weights);
    default:
      return digestOfQuestion(models.evidence, name);
  }
}
