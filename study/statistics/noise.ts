/** What part of a difference is luck. */
import { quantile } from './bootstrap.ts';

/** 1 / (inverse normal distribution at 3/4): makes the median absolute deviation a standard deviation where values are normal. */
const NORMAL_CONSISTENCY = 1.4826;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Standard deviation of one figure beyond what its row and its column explain, in a table of rows (architectures) by columns (seeds, whose
 * streams all rows share). From the median absolute residual of a two-way table without interaction, as some architectures fail on some seeds
 * and would stand for all otherwise; corrected for the (rows - 1)(columns - 1) degrees of freedom. NaN for fewer than two rows or columns.
 */
export function residualDeviation(rows: readonly (readonly number[])[]): number {
  const columns = rows[0]?.length ?? 0;
  if (rows.length < 2 || columns < 2) return Number.NaN;
  const whole = mean(rows.flat());
  const columnMeans = Array.from({ length: columns }, (_, column) =>
    mean(rows.map((row) => row[column] ?? 0)),
  );
  const residuals = rows.flatMap((row) => {
    const rowMean = mean(row);
    return row.map((value, column) => Math.abs(value - rowMean - (columnMeans[column] ?? 0) + whole));
  });
  const freedom = ((rows.length - 1) * (columns - 1)) / (rows.length * columns);
  const middle = quantile(
    residuals.toSorted((a, b) => a - b),
    0.5,
  );
  return (NORMAL_CONSISTENCY * middle) / Math.sqrt(freedom);
}
