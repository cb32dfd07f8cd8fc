/** Tables and numbers of a Markdown document. */
import type { Interval } from '../statistics/bootstrap.ts';
import type { Accuracy } from '../statistics/ranking.ts';

/** @param align one letter a column: l, r */
export function table(align: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = [...align].map((side) => (side === 'r' ? '--:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** For what has no value. */
const NONE = '-';

export const tau = (value: number): string => (Number.isNaN(value) ? NONE : value.toFixed(2));
export const bits = (value: number): string => value.toFixed(3);
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function percentBetween({ low, high }: Interval): string {
  return `${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %`;
}

export function tauBetween({ low, high }: Interval): string {
  return Number.isNaN(low) ? NONE : `${tau(low)} to ${tau(high)}`;
}

/** As `78.1 % (82 of 105)`; couples that were not decided count one half. */
export function counted({ right, couples, share }: Accuracy): string {
  return `${percent(share)} (${right} of ${couples})`;
}
