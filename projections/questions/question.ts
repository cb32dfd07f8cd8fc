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
  /** Rows of one group are ranked against each other; without it, those of one plan. */
  readonly groupOf?: (row: Answer) => string;
  /** What rows of a group can be tied in, by the field that has it. */
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

/** Subjects of the same group with an overlapping interval, by measure. */
export interface Ties {
  readonly [field: string]: readonly string[];
}

const byPlan = ({ plan }: Row): string => plan ?? '';

/** Plans by their newest evidence, newest first; other groups by their names. In a group by the lower end of the interval, then the mean, then the earlier evidence. */
export function ranked<Answer extends Row>(
  rows: readonly Answer[],
  measure: (row: Answer) => Estimate,
  groupOf: (row: Answer) => string = byPlan,
): readonly Answer[] {
  const newest = new Map<string, number>();
  for (const row of rows) {
    const group = groupOf(row);
    const last = groupOf === byPlan ? (row.events.at(-1) ?? -1) : 0;
    newest.set(group, Math.max(newest.get(group) ?? -1, last));
  }
  const lower = (row: Answer) => measure(row).lower ?? Number.NEGATIVE_INFINITY;
  const descending = (a: number, b: number) => (a === b ? 0 : a > b ? -1 : 1);
  const byGroup = (a: string, b: string) =>
    descending(newest.get(a) ?? -1, newest.get(b) ?? -1) || (a === b ? 0 : a < b ? -1 : 1);
  return rows.toSorted(
    (a, b) =>
      byGroup(groupOf(a), groupOf(b)) ||
      descending(lower(a), lower(b)) ||
      descending(measure(a).mean, measure(b).mean) ||
      descending(b.events[0] ?? 0, a.events[0] ?? 0),
  );
}

/** `some` of the rows with their place and what they are tied with. Ties are told of what is shown only: their number grows with the square. */
export function withTies<Answer extends Row>(
  { measures, groupOf = byPlan }: Pick<Question<Answer>, 'measures' | 'groupOf'>,
  rows: readonly Answer[],
  some: readonly Answer[] = rows,
): readonly (Answer & { readonly rank: number; readonly ties: Ties })[] {
  const rankOf = new Map(rows.map((row, position) => [row, position + 1] as const));
  return some.map((row) => {
    const others = rows.filter((other) => other !== row && groupOf(other) === groupOf(row));
    const ties = Object.entries(measures).map(([field, measure]) => {
      const tied = others.filter((other) => overlaps(measure(row), measure(other)));
      return [field, tied.map(({ subject }) => subject)] as const;
    });
    return { rank: rankOf.get(row) ?? 0, ...row, ties: Object.fromEntries(ties) };
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
