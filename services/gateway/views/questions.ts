/** The five questions as the gateway shows them: a page of rows, each with its rank and what it is tied with. */
import type { Evidence } from '../../../projections/questions/evidence.ts';
import { type Question, type Row, withTies } from '../../../projections/questions/question.ts';
import { pageOf } from './page.ts';

export interface Asked {
  /** The last rank that is known. */
  readonly after: number;
  readonly limit: number;
}

export function questionView<Answer extends Row>(
  question: Question<Answer>,
  evidence: Evidence,
  { after, limit }: Asked,
) {
  const rows = question.rows(evidence);
  const placed = rows.map((row, position) => ({ row, rank: position + 1 }));
  const { page, next } = pageOf(placed, after, limit, ({ rank }) => rank);
  const shown = page.map(({ row }) => row);
  return { rows: withTies(question, rows, shown), next };
}
