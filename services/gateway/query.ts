/** What can be asked: paths, queries and headers, parsed at the edge. */
import { z } from 'zod';
import { EVENT_TYPES, type EventType, isEventType } from '../../domain/events/catalogue.ts';
import { uuidSchema } from '../../domain/events/envelope.ts';
import { hotkeySchema } from '../../domain/policy/policy.ts';
import { statusSchema } from './answers.ts';
import { HttpError } from './errors.ts';

const number = (pattern: RegExp, what: string) =>
  z.string(`must be ${what}, given once`).regex(pattern, `must be ${what}`).transform(Number);

/** A log index that may not be there yet. */
export const indexSchema = number(/^(0|[1-9]\d{0,14})$/, 'a log index').pipe(z.int().min(0));
/** The last index that a reader has; -1: none. */
const positionSchema = number(/^(-1|0|[1-9]\d{0,14})$/, 'a log index, or -1').pipe(z.int().min(-1));
const limit = (usual: number, most: number) =>
  number(/^[1-9]\d{0,5}$/, `a number from 1 to ${most}`)
    .pipe(z.int().min(1).max(most))
    .default(usual);

export const atQuery = z.object({
  at: indexSchema
    .optional()
    .describe('The state after the event at this index; without it: the present one.'),
});

export const noQuery = z.object({});
export const pageQuery = z.object({ after: positionSchema.default(-1), limit: limit(100, 1_000) });
export const submissionsQuery = pageQuery.extend({
  status: statusSchema.optional(),
  hotkey: hotkeySchema.optional(),
});
export const architecturesQuery = z.object({ limit: limit(50, 1_000) });
export const trainingVariantsQuery = z.object({
  limit: limit(100, 1_000),
  architecture_id: uuidSchema.optional(),
});
export const eventsQuery = z.object({ after: positionSchema.default(-1), limit: limit(100, 256) });

const types = z
  .string('must be a list of event types, given once')
  .transform((list) => list.split(','))
  .pipe(
    z.array(z.string().refine(isEventType, `must be some of ${EVENT_TYPES.join(', ')}, with commas between`)),
  )
  .transform((list): ReadonlySet<EventType> => new Set(list.filter(isEventType)))
  .describe('Event types, with commas between: only these.');

export const PROJECTIONS = ['leaderboard', 'owners'] as const;

export const feedQuery = z.object({
  after: positionSchema
    .optional()
    .describe('The last index that the reader has, -1 for none; without it: from now on.'),
  types: types.optional(),
  progress: z
    .union([z.literal('all'), uuidSchema], 'must be `all` or the id of a submission, given once')
    .optional()
    .describe('Progress of runs too, between the events: of `all` submissions, or of the one with this id.'),
  projection: z.enum(PROJECTIONS).optional().describe('Views of this read model instead of events.'),
});

/** Throws `HttpError` `bad-request` that names the parameter. */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HttpError(
    'bad-request',
    `${issue?.path[0]?.toString() ?? 'query'}: ${issue?.message ?? 'cannot be read'}`,
  );
}

/** `Last-Event-ID`, which a browser sends when it comes back; undefined where there is none. Throws `HttpError` `bad-request`. */
export function parseLastEventId(header: unknown): number | undefined {
  if (header === undefined || header === '') return undefined;
  return parseQuery(z.object({ 'Last-Event-ID': positionSchema }), { 'Last-Event-ID': header })[
    'Last-Event-ID'
  ];
}
