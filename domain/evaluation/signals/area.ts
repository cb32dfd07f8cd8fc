/**
 * Sample efficiency: how much is lost while learning, in microbits per byte; lower is better.
 *
 * The judged loss averaged over bytes revealed is a prequential code length per byte (Dawid 1984; Blier and Ollivier 2018), and the payload
 * is the other part of a two-part code (Rissanen 1978): knowledge brought along costs what it takes to send it.
 */
import { roundedQuotient } from '../../scoring/statistics.ts';
import { MICROBITS_PER_BYTE } from '../units.ts';
import { isCurve, type Point, standardErrorOf, WORST_LOSS_MICROBITS } from './readings.ts';

const BITS_PER_BYTE = 8n;

/** Twice the area under the loss over bytes revealed, and twice the bytes that it spans. Throws `RangeError` where bytes do not increase. */
export function trapezoids(curve: readonly Point[]): { area: bigint; span: bigint } {
  let area = 0n;
  let span = 0n;
  let previous: Point | undefined;
  for (const point of curve) {
    if (previous !== undefined) {
      const width = BigInt(point.bytesRevealed - previous.bytesRevealed);
      if (width <= 0n) throw new RangeError(`bytesRevealed must increase: step ${point.step}`);
      area += width * BigInt(previous.lossMicrobits + point.lossMicrobits);
      span += 2n * width;
    }
    previous = point;
  }
  return { area, span };
}

/**
 * The loss averaged over bytes revealed from the first checkpoint to the last, by trapezoids. Exact until one rounding at the end.
 * Fewer than two points, or points that are no curve, read as the worst loss.
 */
export function areaMicrobits(curve: readonly Point[]): number {
  if (curve.length < 2 || !isCurve(curve)) return WORST_LOSS_MICROBITS;
  const { area, span } = trapezoids(curve);
  return roundedQuotient(area, span);
}

/**
 * Standard error of the area. The errors of checkpoints are independent, as no window is judged twice: the root of the sum of squares of
 * (half the bytes between a point's neighbours) x (its error), over the span. Null where a point has no error or there is no area.
 */
export function areaStandardErrorMicrobits(curve: readonly Point[]): number | null {
  const first = curve.at(0);
  const last = curve.at(-1);
  if (first === undefined || last === undefined || curve.length < 2 || !isCurve(curve)) return null;
  let squares = 0;
  for (const [index, point] of curve.entries()) {
    const error = standardErrorOf(point);
    if (error === null) return null;
    const before = curve[index - 1] ?? point;
    const after = curve[index + 1] ?? point;
    const share =
      (after.bytesRevealed - before.bytesRevealed) / (2 * (last.bytesRevealed - first.bytesRevealed));
    squares += share * share * error * error;
  }
  return Math.round(Math.sqrt(squares));
}

/**
 * Bits of the payload per revealed byte, to be added to the area (and so to the figure): rounded up, between 0 and the worst loss.
 * With the bytes between the first and the last checkpoint, over which the area runs, no payload that saves at most its own bits there
 * gains; all bytes revealed are a few more, and so a little milder. No bytes revealed read as the worst loss.
 */
export function payloadMicrobits(payloadBytes: number, bytesRevealed: number): number {
  if (payloadBytes === 0) return 0;
  const readable = Number.isSafeInteger(payloadBytes) && Number.isSafeInteger(bytesRevealed);
  if (!readable || payloadBytes < 0 || bytesRevealed <= 0) return WORST_LOSS_MICROBITS;
  const bits = BITS_PER_BYTE * BigInt(payloadBytes) * BigInt(MICROBITS_PER_BYTE);
  const perByte = (bits + BigInt(bytesRevealed) - 1n) / BigInt(bytesRevealed);
  return perByte > BigInt(WORST_LOSS_MICROBITS) ? WORST_LOSS_MICROBITS : Number(perByte);
}
