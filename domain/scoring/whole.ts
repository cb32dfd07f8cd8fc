/** Scores are made of whole numbers: anything else is refused before it can spread. */

/**
 * Throws `RangeError` naming the first number within `value`, however deep, that is not a safe integer of 0 or more: NaN, an infinity, a
 * fraction, a negative.
 *
 * @param what it is, for the message
 */
export function ensureWhole(what: string, value: unknown): void {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${what} is ${value}, which is not a whole number from 0 to 2^53 - 1`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) ensureWhole(`${what}: ${key}`, part);
  }
}
