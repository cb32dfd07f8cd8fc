/** The routes that answer from the state, at present or at any index of the log. */
import * as answers from '../answers.ts';
import * as queries from '../query.ts';
import { leaderboardView } from '../views/leaderboard.ts';
import { architecturesView, ownersView, trainingVariantsView } from '../views/owners.ts';
import { submissionsView, submissionView } from '../views/submissions.ts';
import { currentEpochView, epochsView, weightsView } from '../views/weights.ts';
import { questionRoutes } from './question-table.ts';
import { type StateRoute, stateRoute } from './state-route.ts';

export const leaderboardRoute = stateRoute({
  path: '/v1/leaderboard',
  summary: 'Scored submissions, best first: what each has proven, with its uncertainty.',
  models: ['leaderboard', 'weights'],
  query: queries.pageQuery,
  answer: answers.leaderboardSchema,
  view: leaderboardView,
});

export const ownersRoute = stateRoute({
  path: '/v1/owners',
  summary: 'Architecture families: who discovered each, and whose training recipe stands.',
  models: ['owners'],
  query: queries.noQuery,
  answer: answers.ownersSchema,
  view: (state) => ownersView(state),
});

export const stateRoutes: readonly StateRoute[] = [
  leaderboardRoute,
  ownersRoute,
  stateRoute({
    path: '/v1/submissions',
    summary: 'Submissions in the order in which they were received.',
    models: ['submissions', 'weights'],
    query: queries.submissionsQuery,
    answer: answers.submissionsSchema,
    view: submissionsView,
  }),
  stateRoute({
    path: '/v1/submissions/:id',
    summary: 'One submission with the judged learning curves of its runs.',
    models: ['submissions', 'weights'],
    query: queries.noQuery,
    answer: answers.submissionSchema,
    view: (state, _query, id) => submissionView(state, id),
  }),
  stateRoute({
    path: '/v1/weights',
    summary: 'The last weights that were derived, and what Platform is told.',
    models: ['weights'],
    query: queries.noQuery,
    answer: answers.weightsSchema,
    view: (state) => weightsView(state),
  }),
  stateRoute({
    path: '/v1/epochs',
    summary: 'Closed epochs with their weights, oldest first.',
    models: ['weights'],
    query: queries.pageQuery,
    answer: answers.epochsSchema,
    view: epochsView,
  }),
  stateRoute({
    path: '/v1/epochs/current',
    summary: 'The epoch that is open.',
    models: ['weights'],
    query: queries.noQuery,
    answer: answers.currentEpochSchema,
    view: (state) => currentEpochView(state),
  }),
  stateRoute({
    path: '/v1/architectures',
    summary: 'Discovered families, as the reference lists them.',
    models: ['owners'],
    query: queries.architecturesQuery,
    answer: answers.architecturesSchema,
    view: (state, { limit }) => architecturesView(state, limit),
  }),
  stateRoute({
    path: '/v1/training-variants',
    summary: 'Granted training recipes, as the reference lists them.',
    models: ['owners'],
    query: queries.trainingVariantsQuery,
    answer: answers.trainingVariantsSchema,
    view: (state, { limit, architecture_id }) => trainingVariantsView(state, limit, architecture_id),
  }),
  ...questionRoutes,
];
