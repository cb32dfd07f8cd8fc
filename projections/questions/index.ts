/** The five questions that PRISM has to answer, as read models over one fold of the log. */
import { stateDigest } from '../projection.ts';
import { applyEvidence, type Evidence, noEvidence } from './evidence.ts';
import { inferenceHooks } from './inference-hooks.ts';
import { learningSpeed } from './learning-speed.ts';
import { type Question, type Row, withTies } from './question.ts';
import { recipes } from './recipes.ts';
import { repeats } from './repeats.ts';
import { groupsOf, scaling } from './scaling.ts';

export const QUESTION_NAMES = [
  'questions/learning-speed',
  'questions/recipes',
  'questions/inference-hooks',
  'questions/scaling',
  'questions/repeats',
] as const;
export type QuestionName = (typeof QUESTION_NAMES)[number];

function digestOf<Answer extends Row>(question: Question<Answer>, evidence: Evidence): string {
  const projection = {
    name: question.name,
    initial: noEvidence,
    apply: applyEvidence,
    // Ties follow from the rows, and their number grows with the square of the rows'.
    view: (state: Evidence) => question.rows(state),
  };
  return stateDigest(projection, evidence);
}

/** State digest of one question: of its rows. */
export function digestOfQuestion(evidence: Evidence, name: QuestionName): string {
  switch (name) {
    case 'questions/learning-speed':
      return digestOf(learningSpeed, evidence);
    case 'questions/recipes':
      return digestOf(recipes, evidence);
    case 'questions/inference-hooks':
      return digestOf(inferenceHooks, evidence);
    case 'questions/scaling':
      return digestOf(scaling, evidence);
    case 'questions/repeats':
      return digestOf(repeats, evidence);
  }
}

function answered<Answer extends Row>(question: Question<Answer>, evidence: Evidence) {
  return { rows: withTies(question, question.rows(evidence)) };
}

/** The whole answer to one question, with ranks and ties. */
export function answerTo(evidence: Evidence, name: QuestionName): unknown {
  switch (name) {
    case 'questions/learning-speed':
      return answered(learningSpeed, evidence);
    case 'questions/recipes':
      return answered(recipes, evidence);
    case 'questions/inference-hooks':
      return answered(inferenceHooks, evidence);
    case 'questions/scaling':
      return { ...answered(scaling, evidence), groups: groupsOf(scaling.rows(evidence)) };
    case 'questions/repeats':
      return answered(repeats, evidence);
  }
}
