/**
 * How much chance of error a decision may spend. Budgets are spent by position, budget / (n (n + 1)): the shares telescope, so that all
 * that ever follow spend no more than the budget together, however many they are (Foster and Stine, alpha-investing, 2008, without the
 * returns). A share goes down with the square of n, but the deviate that it asks for only with the root of log n: the price of a thousand
 * lost challenges is some ten more runs.
 */
import { PPT } from './quantile.ts';

const PPT_PER_PPM = BigInt(PPT) / 1_000_000n;

/** Rounded down, but never to nothing: a million decisions at one part in 10^12 spend a millionth together. */
function shareOf(budgetPpm: number, position: number): number {
  if (!Number.isSafeInteger(position) || position < 1)
    throw new RangeError(`position ${position} in a budget: expected an integer of at least 1`);
  const n = BigInt(position);
  const share = Number((BigInt(budgetPpm) * PPT_PER_PPM) / (n * (n + 1n)));
  return Math.max(share, 1);
}

/** What the k-th confirmation in a family (k from 1) may spend, in parts per 10^12. */
export function familyShare(budgetPpm: number, k: number): number {
  return shareOf(budgetPpm, k);
}

/** What the j-th submission of a challenger (j from 1) may spend, in parts per 10^12. */
export function challengerShare(budgetPpm: number, j: number): number {
  return shareOf(budgetPpm, j);
}

/**
 * The least of the shares that apply: no budget is overdrawn. `k` is null where there is nobody to take anything from, so that no family's
 * budget is touched. The challenger's share is one for a submission, however many `claims` it makes.
 */
export function alphaOf(
  rules: { familyAlphaPpm: number; challengerAlphaPpm: number },
  { k, j, claims = 1 }: { k: number | null; j: number; claims?: 1 | 2 },
): number {
  const own = Math.max(1, Math.floor(challengerShare(rules.challengerAlphaPpm, j) / claims));
  return k === null ? own : Math.min(own, familyShare(rules.familyAlphaPpm, k));
}
