/** What a question is: rows in order, each with an interval, what it is tied with, and the events that it rests on. */
import type { Evidence } from './evidence.ts';
import { type Estimate, overlaps } from './interval.ts';

export interface Row {
  /** What it is about: a family, a submission or the digest of a recipe. Unique among the rows of a plan. */
  readonly subject: string;
  /** Digest of the plan, which is the budget that rows of it have in common; null: over all plans. */
  readonly plan: string | null;
  /** Indices of the measurements in the log, ascending. */
  readonly events: readonly number[];
}

export interface Question<Answer extends Row = Row> {
  readonly name: string;
  /** In order: best first. */
  rows(evidence: Evidence): readonly Answer[];
  /** What rows can be tied in, by the field that has it. */
  readonly measures: { readonly [field: string]: (row: Answer) => Estimate };
}

/** A question whose rows are computed once for as long as the evidence stays: they are asked for, and digested, more often than it changes. */
export function asked<Answer extends Row>(question: Question<Answer>): Question<Answer> {
  const known = new WeakMap<Evidence, { readonly changes: number; readonly rows: readonly Answer[] }>();
  return {
    ...question,
    rows(evidence) {
      const last = known.get(evidence);
      if (last?.changes === evidence.changes) return last.rows;
      const rows = question.rows(evidence);
      known.set(evidence, { changes: evidence.changes, rows });
      return rows;
    },
  };
}

/** Subjects with an overlapping interval under the same plan, by measure. */
export interface Ties {
  readonly [field: string]: readonly string[];
}

/** Newest plan first; within a plan by the lower end of the interval, then the mean, then the earlier evidence. */
export function ranked<Answer extends Row>(
  rows: readonly Answer[],
  measure: (row: Answer) => Estimate,
): readonly Answer[] {
  const newest = new Map<string | null, number>();
  for (const { plan, events } of rows)
    newest.set(plan, Math.max(newest.get(plan) ?? -1, events.at(-1) ?? -1));
  const lower = (row: Answer) => measure(row).lower ?? Number.NEGATIVE_INFINITY;
  const compare = (a: number, b: number) => (a === b ? 0 : a > b ? -1 : 1);
  return rows.toSorted(
    (a, b) =>
      compare(newest.get(a.plan) ?? -1, newest.get(b.plan) ?? -1) ||
      compare(lower(a), lower(b)) ||
      compare(measure(a).mean, measure(b).mean) ||
      compare(b.events[0] ?? 0, a.events[0] ?? 0),
  );
}

/** `some` of the rows with their place and what they are tied with. Ties are told of what is shown only: their number grows with the square. */
export function withTies<Answer extends Row>(
  question: Pick<Question<Answer>, 'measures'>,
  rows: readonly Answer[],
  some: readonly Answer[] = rows,
): readonly (Answer & { readonly rank: number; readonly ties: Ties })[] {
  const rankOf = new Map(rows.map((row, position) => [row, position + 1] as const));
  return some.map((row) => {
    const others = rows.filter((other) => other !== row && other.plan === row.plan);
    const ties = Object.entries(question.measures).map(([field, measure]) => {
      const tied = others.filter((other) => overlaps(measure(row), measure(other)));
      return [field, tied.map(({ subject }) => subject)] as const;
    });
    return { ...row, rank: rankOf.get(row) ?? 0, ties: Object.fromEntries(ties) };
  });
}

/** Items by a key, in the order in which their keys came first. */
export function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
