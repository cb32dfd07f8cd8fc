/** A route that answers from the state, at present or at any index of the log. */
import { z } from 'zod';
import type { ReadModelName } from '../../../projections/index.ts';
import * as answers from '../answers.ts';
import * as queries from '../query.ts';
import type { GatewayState } from '../state.ts';
import type { DeepReadonly } from '../views/deep-readonly.ts';

interface Definition<Query extends z.ZodObject, Answer extends z.ZodType> {
  /** As fastify writes it: `/v1/submissions/:id`. */
  readonly path: string;
  readonly summary: string;
  /** What the answer is made from; the first gives its state digest. */
  readonly models: readonly [ReadModelName, ...ReadModelName[]];
  readonly query: Query;
  /** An object gets `index` and `stateDigest` added; a bare list, as the reference has them, only the headers. */
  readonly answer: Answer;
  /** Null where there is no such thing. */
  view(state: GatewayState, query: z.output<Query>, id: string): DeepReadonly<z.output<Answer>> | null;
}

export interface StateRoute {
  readonly path: string;
  readonly summary: string;
  readonly models: readonly [ReadModelName, ...ReadModelName[]];
  readonly query: z.ZodObject;
  readonly answer: z.ZodType;
  /** Parses the query; throws `HttpError` `bad-request`. */
  prepare(query: unknown, id: string): (state: GatewayState) => unknown;
}

export function stateRoute<Query extends z.ZodObject, Answer extends z.ZodType>(
  of: Definition<Query, Answer>,
): StateRoute {
  const { path, summary, models, query, answer } = of;
  return {
    path,
    summary,
    models,
    query: query.extend(queries.atQuery.shape),
    answer: answer instanceof z.ZodObject ? answers.stateSchema.extend(answer.shape) : answer,
    prepare(raw, id) {
      const parsed = queries.parseQuery(query, raw);
      return (state) => of.view(state, parsed, id);
    },
  };
}
