/** What each contribution is worth: its increment over everything that came before it, at an absolute price, for the part of the epoch that it stood. */
import { MICROBITS_PER_BYTE, PPM } from '../evaluation/units.ts';

/** Something that a hotkey owns: an architecture, or a recipe with its inference hook. */
export interface Contribution {
  readonly family: string;
  readonly submission: string;
  readonly hotkey: string;
  readonly kind: 'architecture' | 'training';
  /** Log index of the admission that it goes back to. */
  readonly order: number;
  /** What the family is worth with it over the best of the judge's panel, at the lower bound: microbits per byte. */
  readonly valueMicrobits: number;
  /** What that lower bound has taken off the mean that it rests on, at least 0: with it, the value is what the family is likely to be worth. */
  readonly errorMicrobits: number;
  /** When it was decided, or held; milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  /** Its decision waits for a resolver: its pay is kept. */
  readonly held: boolean;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Earned {
  readonly contribution: Contribution;
  /** By how much it exceeds what it had to: see `barFor`. */
  readonly incrementMicrobits: number;
  /** Parts per million of the epoch, before the pools' ceilings. */
  readonly askedPpm: bigint;
}

/** In the order of discovery: by admission, of one submission the architecture before the recipe that was built on it. */
export function inOrder(contributions: readonly Contribution[]): readonly Contribution[] {
  return contributions.toSorted(
    (a, b) => a.order - b.order || (a.kind === b.kind ? 0 : a.kind === 'architecture' ? -1 : 1),
  );
}

/** Parts per million of the epoch during which a contribution stood; the whole where the epoch has no length. */
function standingPpm(sinceMs: number, { fromMs, toMs }: Span): bigint {
  const length = toMs - fromMs;
  if (length <= 0 || sinceMs <= fromMs) return BigInt(PPM);
  if (sinceMs >= toMs) return 0n;
  return (BigInt(toMs - sinceMs) * BigInt(PPM)) / BigInt(length);
}

/** Standard margins between what has been paid so far and what another family has to exceed: the best's own, and the newcomer's luck. */
const MARGINS = 2;

/**
 * What a contribution has to exceed: the best value that anything earlier has raised the frontier to. That of another family has been measured
 * on other seeds, where a lower bound is exceeded by luck: all that is paid stays two margins below what the best is worth. They are taken
 * off once, not at every step from one family to the next.
 * @param paidMicrobits sum of all increments so far
 */
function barFor({ family }: Contribution, best: Contribution | null, paidMicrobits: number): number {
  if (best === null) return 0;
  if (family === best.family) return best.valueMicrobits;
  return Math.max(best.valueMicrobits, paidMicrobits + MARGINS * best.errorMicrobits);
}

/**
 * What each contribution asks for. Increments telescope: however an idea is split over components, families or hotkeys, together they are
 * at most the best value that any has reached, within one family that value, and that is all there is to be paid.
 * @param pricePpmPerBit parts per million of an epoch for each proven bit per byte
 */
export function earningsOf(
  contributions: readonly Contribution[],
  pricePpmPerBit: number,
  epoch: Span,
): readonly Earned[] {
  let best: Contribution | null = null;
  let paid = 0;
  return inOrder(contributions).map((contribution) => {
    const incrementMicrobits = Math.max(0, contribution.valueMicrobits - barFor(contribution, best, paid));
    paid += incrementMicrobits;
    // What earns nothing stays behind it: else the frontier would creep up by values that nobody was paid for.
    if (incrementMicrobits > 0) best = contribution;
    const full = (BigInt(incrementMicrobits) * BigInt(pricePpmPerBit)) / BigInt(MICROBITS_PER_BYTE);
    const askedPpm = (full * standingPpm(contribution.sinceMs, epoch)) / BigInt(PPM);
    return { contribution, incrementMicrobits, askedPpm };
  });
}

/** Parts per million that each is given of one pool: what it asks for, all scaled down together where the pool is too small. */
export function fromPool(asked: readonly bigint[], ceilingPpm: number): readonly number[] {
  const sum = asked.reduce((total, one) => total + one, 0n);
  const ceiling = BigInt(ceilingPpm);
  return asked.map((one) => Number(sum > ceiling ? (one * ceiling) / sum : one));
}
