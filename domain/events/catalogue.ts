/**
 * The event catalogue: every type that can be in a ledger, the kind of stream it belongs to, its version and its schema.
 * `derived` events are results that anyone can compute again from the log up to their `basis`.
 */
import type { z } from 'zod';
import { epochEvents } from './epoch.ts';
import { familyEvents } from './family.ts';
import { policyEvents } from './policy.ts';
import { submissionEvents } from './submission.ts';

export interface EventDefinition {
  readonly category: string;
  readonly version: number;
  readonly derived: boolean;
  readonly data: z.ZodType;
}

export const catalogue = {
  ...policyEvents,
  ...submissionEvents,
  ...familyEvents,
  ...epochEvents,
} as const satisfies {
  readonly [type: string]: EventDefinition;
};

export type EventType = keyof typeof catalogue;
export type DataOf<T extends EventType> = z.infer<(typeof catalogue)[T]['data']>;

/** An event of a known type, its data parsed. */
export type PrismEvent = {
  [T in EventType]: {
    readonly id: string;
    readonly type: T;
    readonly version: number;
    readonly stream: string;
    readonly revision: number;
    readonly time: string;
    readonly data: DataOf<T>;
    readonly meta: {
      readonly correlationId: string;
      readonly causationId: string | null;
      readonly actor: string;
    };
  };
}[EventType];

export type EventOf<T extends EventType> = Extract<PrismEvent, { readonly type: T }>;

/** What a decision yields: the event's type and data; the writer adds id, time and meta. */
export type Decided = { [T in EventType]: { readonly type: T; readonly data: DataOf<T> } }[EventType];

export const EVENT_TYPES: readonly EventType[] = Object.keys(catalogue).filter(
  (key): key is EventType => key in catalogue,
);

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(catalogue, type);
}

/** Categories of the streams that are ours. */
export const CATEGORIES = ['policy', 'submission', 'family', 'epoch'] as const;
