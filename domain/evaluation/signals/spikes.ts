/** Points that jump above the trend of those before them: in the judged loss, and in the size of updates between checkpoints. */
import { log2 } from '../../scoring/real.ts';
import { isCurve, type Point, standardErrorOf, type TooShort, tooShort } from './readings.ts';
import { median, robustDeviation, theilSen } from './robust.ts';
import { type Share, shareOf } from './share.ts';

/** A spike is at least so many deviations off: the spike score of OLMo 2 (arXiv 2501.00656), there over a rolling mean. */
const DEVIATIONS = 7;
/** Points that a trend needs, and the most that it looks back on. */
const LEAST_HISTORY = 4;
const LONGEST_HISTORY = 16;
const RECENT = 3;

/** A deviation below `least` is read as that (few points can agree by luck), above `most` as that (wildness excuses nothing). */
interface DeviationBounds {
  readonly least: number;
  readonly most: number;
}
/** In microbits: 5 and 100 thousandths of a bit, so 0.7 bit above the trend is always a spike. */
const LOSS_BOUNDS: DeviationBounds = { least: 5_000, most: 100_000 };
/** In octaves: a 9.2-fold update is always a spike, one below 1.3-fold never. */
const UPDATE_BOUNDS: DeviationBounds = { least: 0.05, most: 0.457 };
/** The size of an update that is not a number of 0 or more: larger than any, in octaves of nano. */
const WORST_OCTAVES = 64;

export interface Spikes extends Share {
  readonly kind: 'reading';
}

interface Value {
  readonly value: number;
  /** Sampling error, 0 where unknown. */
  readonly error: number;
}

/** The trend goes on along its line or stays where it recently was, whichever is higher: a curve that flattens is no spike. */
function isSpike(history: readonly number[], { value, error }: Value, bounds: DeviationBounds): boolean {
  const line = theilSen(history);
  const residuals = history.map((y, index) => y - line.intercept - line.slope * index);
  const trend = Math.max(line.intercept + line.slope * history.length, median(history.slice(-RECENT)));
  const deviation = Math.max(robustDeviation(residuals, 0), error, bounds.least);
  return value - trend >= DEVIATIONS * Math.min(deviation, bounds.most);
}

function count(series: readonly Value[], of: string, bounds: DeviationBounds): Spikes | TooShort {
  const judged = series.length - LEAST_HISTORY;
  if (judged < 1) return tooShort(of, series.length, LEAST_HISTORY + 1);
  const values = series.map(({ value }) => value);
  const spikes = series.filter((point, index) => {
    const history = values.slice(Math.max(0, index - LONGEST_HISTORY), index);
    return index >= LEAST_HISTORY && isSpike(history, point, bounds);
  });
  return { kind: 'reading', ...shareOf(spikes.length, judged) };
}

/**
 * Share of the checkpoints from the fifth on whose loss is 7 or more robust deviations above the trend. The trend is the Theil-Sen line
 * through up to 16 losses before it, the deviation their median absolute one (or the point's own sampling error where that is more): earlier
 * spikes move neither, so a learner cannot hide one behind another. Points that are no curve are all spikes.
 */
export function lossSpikes(curve: readonly Point[]): Spikes | TooShort {
  const readable = isCurve(curve);
  const series = curve.map((point) => ({ value: point.lossMicrobits, error: standardErrorOf(point) ?? 0 }));
  const counted = count(
    readable ? series : curve.map(() => ({ value: 0, error: 0 })),
    'checkpoints',
    LOSS_BOUNDS,
  );
  return readable || counted.kind === 'too-short'
    ? counted
    : { kind: 'reading', ...shareOf(counted.of, counted.of) };
}

/**
 * The same in the logarithm of the RMS change of the weights between checkpoints, in nano (1e-9): a rise by a factor. Intervals are best
 * of equal lengths or in equal proportion, for a line to follow what their lengths do. What is not an integer of 0 or more (NaN in a tensor,
 * a tensor that is missing) is a spike where it stands.
 */
export function updateSpikes(updatesNano: readonly (number | null)[]): Spikes | TooShort {
  const octaves = (nano: number | null) =>
    nano !== null && Number.isSafeInteger(nano) && nano >= 0 ? log2(Math.max(nano, 1)) : WORST_OCTAVES;
  return count(
    updatesNano.map((nano) => ({ value: octaves(nano), error: 0 })),
    'updates',
    UPDATE_BOUNDS,
  );
}
