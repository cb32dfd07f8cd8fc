/** The routes of the five questions. */
import { inferenceHooks } from '../../../projections/questions/inference-hooks.ts';
import { learningSpeed } from '../../../projections/questions/learning-speed.ts';
import { recipes } from '../../../projections/questions/recipes.ts';
import { repeats } from '../../../projections/questions/repeats.ts';
import { groupsOf, scaling } from '../../../projections/questions/scaling.ts';
import * as queries from '../query.ts';
import * as answers from '../question-answers.ts';
import { questionView } from '../views/questions.ts';
import { type StateRoute, stateRoute } from './state-route.ts';

const query = queries.pageQuery;

export const questionRoutes: readonly StateRoute[] = [
  stateRoute({
    path: '/v1/questions/learning-speed',
    summary: 'Which architecture families learn fastest under fixed resource budgets?',
    models: ['questions/learning-speed'],
    query,
    answer: answers.learningSpeedSchema,
    view: ({ models }, asked) => questionView(learningSpeed, models.evidence, asked),
  }),
  stateRoute({
    path: '/v1/questions/recipes',
    summary: 'Which training recipes improve stability or sample efficiency?',
    models: ['questions/recipes'],
    query,
    answer: answers.recipesSchema,
    view: ({ models }, asked) => questionView(recipes, models.evidence, asked),
  }),
  stateRoute({
    path: '/v1/questions/inference-hooks',
    summary: 'Which inference hooks improve quality without excessive latency?',
    models: ['questions/inference-hooks'],
    query,
    answer: answers.inferenceHooksSchema,
    view: ({ models }, asked) => questionView(inferenceHooks, models.evidence, asked),
  }),
  stateRoute({
    path: '/v1/questions/scaling',
    summary:
      'Which optimizer, loss and train-step changes remain stable as batch, depth, sequence length and parameter count increase?',
    models: ['questions/scaling'],
    query,
    answer: answers.scalingSchema,
    view: ({ models: { evidence } }, asked) => ({
      ...questionView(scaling, evidence, asked),
      groups: groupsOf(scaling.rows(evidence)),
    }),
  }),
  stateRoute({
    path: '/v1/questions/repeats',
    summary: 'Which ideas remain strong across repeated small-model evaluations?',
    models: ['questions/repeats'],
    query,
    answer: answers.repeatsSchema,
    view: ({ models }, asked) => questionView(repeats, models.evidence, asked),
  }),
];
