/** What is said of a route in the OpenAPI document. */
import type { z } from 'zod';

export interface RouteAnswer {
  readonly description: string;
  /** JSON of this schema... */
  readonly schema?: z.ZodType;
  /** ...or bytes of this type, or none where neither is given. */
  readonly contentType?: string;
}

export interface RouteDoc {
  readonly method: 'get' | 'post';
  /** As OpenAPI writes it: `/v1/events/{index}`. */
  readonly path: string;
  readonly tag: 'state' | 'events' | 'platform' | 'log' | 'service';
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly headers?: readonly string[];
  readonly answers: { readonly [status: number]: RouteAnswer };
}
