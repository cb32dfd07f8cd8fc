/** Rounding parts so that they still sum to their whole. */

/** The largest integer at most `numerator / denominator`, for a denominator above 0. */
function floorQuotient(numerator: bigint, denominator: bigint): bigint {
  const towardsZero = numerator / denominator;
  return towardsZero * denominator > numerator ? towardsZero - 1n : towardsZero;
}

/**
 * Integers near `numerators[i] / denominator` that sum to exactly `total`, by largest remainder (Hamilton 1792): each is rounded down, and what
 * is then missing goes one by one to those that lost most, the first among equals. Where the quotients sum to `total`, none is off by 1 or more;
 * where they do not, all share the difference alike.
 *
 * Throws `RangeError` where there are no parts and `total` is not 0, or a result is not a safe integer.
 */
export function apportion(numerators: readonly bigint[], denominator: bigint, total: number): number[] {
  if (numerators.length === 0) {
    if (total !== 0) throw new RangeError(`${total} cannot be shared among no parts`);
    return [];
  }
  const floors = numerators.map((numerator) => floorQuotient(numerator, denominator));
  const missing = BigInt(total) - floors.reduce((sum, part) => sum + part, 0n);
  const each = floorQuotient(missing, BigInt(floors.length));
  const over = Number(missing - each * BigInt(floors.length));
  const lost = numerators.map((numerator, at) => numerator - (floors[at] ?? 0n) * denominator);
  const byLoss = [...lost.keys()].sort((a, b) => {
    const more = (lost[b] ?? 0n) - (lost[a] ?? 0n);
    return more === 0n ? a - b : more > 0n ? 1 : -1;
  });
  const raised = new Set(byLoss.slice(0, over));
  return floors.map((part, at) => {
    const result = Number(part + each) + (raised.has(at) ? 1 : 0);
    if (!Number.isSafeInteger(result)) throw new RangeError(`${result} is not a safe integer`);
    return result;
  });
}
