/** Each signal, and the total, as one number per architecture at small scale, lower is better: what can be compared with the truth. */

import { SIGNALS } from '../domain/evaluation/signal-names.ts';
import { countedExtrapolation } from '../domain/evaluation/signals/extrapolate.ts';
import { smoothness } from '../domain/evaluation/signals/smoothness.ts';
import { lossSpikes } from '../domain/evaluation/signals/spikes.ts';
import { MICROBITS_PER_BYTE, PPM } from '../domain/evaluation/units.ts';
import { defaultPolicy } from '../domain/policy/default.ts';
import { readingOf, type Values } from '../domain/scoring/measured-runs.ts';
import { LADDERS, type Ladder, RUNGS, type Rung } from './plans.ts';
import type { Curve, Sample } from './samples.ts';

const value = (curve: Curve, key: keyof Values): number =>
  readingOf({ curve: [...curve], payloadBytes: 0 }, key) / MICROBITS_PER_BYTE;

/** As the score counts it, negative: lower is better. */
function extrapolated(own: Curve, reference: Curve): number {
  const gain = (key: keyof Values) => value(reference, key) - value(own, key);
  const counted = { tenfold: gain('tenfold'), tenth: gain('tenth'), area: gain('area') };
  return 0 - countedExtrapolation(counted);
}

/** What one curve says, `reference` being the reference's on the same seed. NaN where the curve is too short to say it. */
const OF_A_CURVE = {
  final: (own: Curve) => (own.at(-1)?.lossMicrobits ?? Number.NaN) / MICROBITS_PER_BYTE,
  area: (own: Curve) => value(own, 'area'),
  late: (own: Curve) => value(own, 'late'),
  tenfold: (own: Curve) => value(own, 'tenfold'),
  extrapolated,
  roughness: (own: Curve) => {
    const reading = smoothness(own);
    return reading.kind === 'reading' ? reading.roughnessPpm / PPM : Number.NaN;
  },
  spikes: (own: Curve) => {
    const reading = lossSpikes(own);
    return reading.kind === 'reading' ? reading.sharePpm / PPM : Number.NaN;
  },
} as const;
type CurveFigure = keyof typeof OF_A_CURVE;

export type FigureName = 'total' | CurveFigure | Ladder;

/** One figure of one architecture, by small seed; a ladder has one for all of them. */
export type BySeed = readonly number[];

/**
 * Least gain over the reference among the base point and a ladder's rungs, on seed 0, by the mean of area and late loss; negative, so that
 * lower is better. A rung that an architecture does not have (it has no depth) would repeat its base point.
 */
function worstRung(sample: Sample, reference: Sample, ladder: Ladder): number {
  const at = (of: Sample, rung: Rung) => value(of.rungs.get(rung) ?? of.small[0] ?? [], 'figure');
  const rungs = RUNGS.filter((rung) => rung === 'base' || rung.startsWith(ladder));
  return Math.max(...rungs.map((rung) => at(sample, rung) - at(reference, rung)));
}

/** Every figure of every architecture, by seed. Throws where `reference` is not among the samples. */
export function figuresOf(
  samples: readonly Sample[],
  reference: string,
): ReadonlyMap<FigureName, readonly BySeed[]> {
  const other = samples.find(({ name }) => name === reference);
  if (other === undefined) {
    throw new Error(`the results have no runs of ${reference}, which the ladders are read against`);
  }
  const ofCurves = (Object.keys(OF_A_CURVE) as CurveFigure[]).map((name) => {
    const bySeed = ({ small }: Sample) =>
      small.map((curve, seed) => OF_A_CURVE[name](curve, other.small[seed] ?? []));
    return [name, samples.map(bySeed)] as const;
  });
  const ofLadders = LADDERS.map(
    (ladder) => [ladder, samples.map((sample) => [worstRung(sample, other, ladder)])] as const,
  );
  const alone = new Map<FigureName, readonly BySeed[]>([...ofCurves, ...ofLadders]);
  return new Map([['total', totalsBySeed(samples, alone)], ...alone]);
}

/** The sum that the default policy makes of the signals; a signal of no weight is not looked at. */
function totalsBySeed(
  samples: readonly Sample[],
  alone: ReadonlyMap<FigureName, readonly BySeed[]>,
): BySeed[] {
  const { weights } = defaultPolicy.scoring;
  return samples.map(({ small }, index) =>
    small.map((_, seed) =>
      SIGNALS.filter((signal) => weights[signal] > 0).reduce((sum, signal) => {
        const own = alone.get(signal)?.[index] ?? [];
        return sum + (weights[signal] / PPM) * (own[seed] ?? own[0] ?? Number.NaN);
      }, 0),
    ),
  );
}
