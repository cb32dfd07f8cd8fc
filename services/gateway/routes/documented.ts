/** For the OpenAPI document: the routes that do not answer from the state. */
import * as answers from '../answers.ts';
import { eventsQuery, feedQuery } from '../query.ts';
import type { RouteDoc } from './route.ts';

const JSON_ANSWER = 'The answer.';
const TEXT = 'text/plain';
const BYTES = 'application/octet-stream';

const SEALED = {
  description: '`sources-sealed`, with `opensAt`; or `sources-never-open`.',
  schema: answers.errorSchema,
};

export const otherRoutes: readonly RouteDoc[] = [
  {
    method: 'get',
    path: '/v1/submissions/{id}/receipt',
    tag: 'events',
    summary: "A miner's receipt: log index, event and inclusion proof.",
    headers: ['Accept'],
    answers: {
      200: { description: JSON_ANSWER, schema: answers.receiptSchema, contentType: TEXT },
      202: {
        description: 'It is stored, but no signed checkpoint covers it yet: see `Retry-After`.',
        schema: answers.waitingSchema,
      },
    },
  },
  {
    method: 'get',
    path: '/v1/submissions/{id}/sources',
    tag: 'events',
    summary: 'The files of a submission whose sources are open to all, by path and digest.',
    answers: { 200: { description: JSON_ANSWER, schema: answers.sourcesSchema }, 403: SEALED },
  },
  {
    method: 'get',
    path: '/v1/submissions/{id}/sources.zip',
    tag: 'events',
    summary: 'The same files themselves.',
    answers: { 200: { description: JSON_ANSWER, contentType: 'application/zip' }, 403: SEALED },
  },
  {
    method: 'get',
    path: '/v1/submissions/{id}/progress',
    tag: 'events',
    summary: 'How far the runs of an evaluation under way have come. Not from the log: it may be lacking.',
    answers: { 200: { description: JSON_ANSWER, schema: answers.progressSchema } },
  },
  {
    method: 'get',
    path: '/v1/events',
    tag: 'events',
    summary: 'Events of the log in order.',
    query: eventsQuery,
    answers: { 200: { description: JSON_ANSWER, schema: answers.eventsSchema } },
  },
  {
    method: 'get',
    path: '/v1/events/{index}',
    tag: 'events',
    summary: 'One event of the log.',
    answers: { 200: { description: JSON_ANSWER, schema: answers.eventEntrySchema } },
  },
  {
    method: 'get',
    path: '/v1/feed',
    tag: 'events',
    summary: 'Server-sent events: the log as it grows, or with `projection` a read model as it changes.',
    query: feedQuery,
    headers: ['Last-Event-ID'],
    answers: {
      200: {
        description:
          'A stream without end; `id` is the log index. With `progress`, messages `progress` without one.',
        contentType: 'text/event-stream',
      },
    },
  },
  {
    method: 'get',
    path: '/internal/v1/get_weights',
    tag: 'platform',
    summary: 'The weights of the last closed epoch.',
    headers: ['Authorization', 'X-Platform-Challenge-Slug', 'X-Base-Challenge-Slug'],
    answers: { 200: { description: JSON_ANSWER, schema: answers.getWeightsSchema } },
  },
  {
    method: 'post',
    path: '/internal/v1/bridge/submissions',
    tag: 'platform',
    summary: 'Brings a submission; passed on to intake as it is.',
    headers: [
      'Authorization',
      'X-Platform-Verified-Hotkey',
      'X-Platform-Verified-Nonce',
      'X-Platform-Request-Hash',
    ],
    answers: {
      200: { description: "Intake's answer, after the durable append.", contentType: 'application/json' },
      503: { description: 'Intake does not answer: see `Retry-After`.', schema: answers.errorSchema },
    },
  },
  {
    method: 'get',
    path: '/checkpoint',
    tag: 'log',
    summary: 'The signed checkpoint (C2SP tlog-checkpoint).',
    answers: { 200: { description: JSON_ANSWER, contentType: TEXT } },
  },
  {
    method: 'get',
    path: '/tile/{path}',
    tag: 'log',
    summary: 'Tiles and entry bundles (C2SP tlog-tiles).',
    answers: { 200: { description: JSON_ANSWER, contentType: BYTES } },
  },
  {
    method: 'get',
    path: '/log.vkey',
    tag: 'log',
    summary: "The log's verifier key.",
    answers: { 200: { description: JSON_ANSWER, contentType: TEXT } },
  },
  {
    method: 'get',
    path: '/health',
    tag: 'service',
    summary: 'Whether the log can be read.',
    answers: {
      200: { description: 'It can.', schema: answers.healthSchema },
      503: { description: 'It cannot; `reason` says why.', schema: answers.healthSchema },
    },
  },
  {
    method: 'get',
    path: '/version',
    tag: 'service',
    summary: 'Versions and capabilities.',
    answers: { 200: { description: JSON_ANSWER, schema: answers.versionSchema } },
  },
];
