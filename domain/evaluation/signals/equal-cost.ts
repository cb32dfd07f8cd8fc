/** The reference's figure at a given cost: a learner that takes three times the device time is compared with a reference that may, too. */
import { log2 } from '../../scoring/real.ts';
import { bounded, type TooShort, tooShort } from './readings.ts';

export interface CostedFigure {
  /** Device time of the run, as the judge accounted it, in microseconds. */
  readonly costUs: number;
  /** Figure in microbits per byte, lower is better. */
  readonly figureMicrobits: number;
  /** Of the figure; 0 where not given. */
  readonly standardErrorMicrobits?: number | undefined;
}

export interface ReferenceAtCost {
  readonly kind: 'reading';
  readonly figureMicrobits: number;
  /** Of the interpolation, from the two figures that it lies between (or goes on from). */
  readonly standardErrorMicrobits: number;
  /** Whether the cost lies among those that were measured, below all or above all of them. */
  readonly where: 'among' | 'below' | 'above';
}

/** A segment shorter than this is not gone on from: over it, a difference of figures is noise. */
const LEAST_OCTAVES = 0.5;
/** Above the logarithm of any cost that is a safe integer. */
const UNKNOWN_OCTAVES = 54;

interface Knot {
  readonly octaves: number;
  readonly figure: number;
  readonly error: number;
}

/** The logarithm of a cost; below a microsecond reads as that, what is no number as beyond any. */
function octavesOf(costUs: number): number {
  return Number.isNaN(costUs)
    ? UNKNOWN_OCTAVES
    : log2(Math.min(Math.max(costUs, 1), Number.MAX_SAFE_INTEGER));
}

const readable = ({ costUs, figureMicrobits }: CostedFigure) =>
  Number.isSafeInteger(costUs) && Number.isSafeInteger(figureMicrobits) && figureMicrobits >= 0;

/** By cost, each at the best figure that this cost or less has reached; of several at one cost, the best. */
function knots(points: readonly CostedFigure[]): Knot[] {
  const sorted = points
    .filter(readable)
    .sort((a, b) => a.costUs - b.costUs || a.figureMicrobits - b.figureMicrobits);
  const result: Knot[] = [];
  let best: Omit<Knot, 'octaves'> | undefined;
  for (const { costUs, figureMicrobits, standardErrorMicrobits } of sorted) {
    const octaves = octavesOf(costUs);
    const error = bounded(Math.max(0, standardErrorMicrobits ?? 0), 0, Number.MAX_SAFE_INTEGER);
    if (best === undefined || figureMicrobits < best.figure) best = { figure: figureMicrobits, error };
    if (octaves === result.at(-1)?.octaves) result.pop();
    result.push({ octaves, ...best });
  }
  return result;
}

/** On the line through two knots, rounded down: the reference gets the benefit. Its slope is never upward, nor its end below 0. */
function along(from: Knot, to: Knot, octaves: number, where: 'among' | 'above'): ReferenceAtCost {
  const t = (octaves - from.octaves) / (to.octaves - from.octaves);
  const [a, b] = [(1 - t) * from.error, t * to.error];
  return {
    kind: 'reading',
    figureMicrobits: Math.max(0, Math.floor(from.figure + (to.figure - from.figure) * t)),
    standardErrorMicrobits: bounded(Math.sqrt(a * a + b * b), 0, Number.MAX_SAFE_INTEGER),
    where,
  };
}

/**
 * Linear in log2(cost) over the running minimum of the reference's figures: compute buys loss by a power law (Kaplan et al. 2020, arXiv
 * 2001.08361), of which this is a chord. More cost never reads as worse for the reference, up to a microbit of rounding. At or below the
 * cheapest it is the cheapest's figure: being cheaper earns nothing. Beyond the dearest the last segment goes on (of half an octave at
 * least, or else it stays), which flatters the reference, as returns diminish.
 *
 * @param points the reference at 1x, 2x and 4x; what is not in integers, or a figure below 0, is left out
 * @param costUs of what is compared; below a microsecond reads as that, what is no number as beyond any
 */
export function referenceAtCost(points: readonly CostedFigure[], costUs: number): ReferenceAtCost | TooShort {
  const line = knots(points);
  const [first, last] = [line.at(0), line.at(-1)];
  if (first === undefined || last === undefined) return tooShort('reference points', 0, 1);
  const octaves = octavesOf(costUs);
  const still = ({ figure, error }: Knot, where: 'among' | 'below' | 'above'): ReferenceAtCost => ({
    kind: 'reading',
    figureMicrobits: figure,
    standardErrorMicrobits: error,
    where,
  });
  if (octaves <= first.octaves) return still(first, octaves < first.octaves ? 'below' : 'among');
  if (octaves > last.octaves) {
    const from = line.findLast((knot) => knot.octaves <= last.octaves - LEAST_OCTAVES);
    return from === undefined ? still(last, 'above') : along(from, last, octaves, 'above');
  }
  const above = line.findIndex((knot) => knot.octaves >= octaves);
  return along(line[above - 1] ?? first, line[above] ?? last, octaves, 'among');
}

/** The figure of `referenceAtCost` alone. Where there are no points it is 0, which nothing can gain over. */
export function equalCostFigure(points: readonly CostedFigure[], costUs: number): number {
  const found = referenceAtCost(points, costUs);
  return found.kind === 'too-short' ? 0 : found.figureMicrobits;
}
