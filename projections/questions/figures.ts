/** What is kept of a measured run: the numbers that the questions are asked of, and not its curve. */
import { type CurvePoint, costOf } from '../../domain/evaluation/measurement.ts';
import type { Pair } from '../../domain/evaluation/runs.ts';
import { isCurve, WORST_LOSS_MICROBITS } from '../../domain/evaluation/signals/readings.ts';
import { smoothness } from '../../domain/evaluation/signals/smoothness.ts';
import { lossSpikes, updateSpikes } from '../../domain/evaluation/signals/spikes.ts';
import { IGNORANCE_MICROBITS } from '../../domain/evaluation/units.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import { hookGain } from '../../domain/scoring/hook.ts';
import { Runs, readingOf } from '../../domain/scoring/measured-runs.ts';
import { roundedQuotient } from '../../domain/scoring/statistics.ts';
import type { Terms } from './terms.ts';

/** A loss at so many bytes revealed. */
export interface Reached {
  readonly bytes: number;
  readonly lossMicrobits: number;
}

/** The judged signals of instability, each a share in ppm; null where the plan is too short for it. */
export interface Instability {
  readonly roughnessPpm: number | null;
  readonly lossSpikesPpm: number | null;
  readonly updateSpikesPpm: number | null;
}

export interface RunFigures {
  /** Of its `RunMeasured` in the log. */
  readonly index: number;
  readonly pair: Pair;
  readonly variant: number;
  readonly point: number;
  readonly seed: number;
  readonly completed: boolean;
  /** Device time of the training, microseconds. */
  readonly costUs: number;
  /** As the score reads them: code lengths in microbits per byte, lower is better. */
  readonly area: number;
  readonly figure: number;
  /** The judged loss at each of `SHARES` of the bytes. */
  readonly reached: readonly Reached[];
  readonly instability: Instability;
  /** Of the inference hook that was judged with this run: its gain over plain `forward`, and its time in thousandths of plain. */
  readonly hook: { readonly gainMicrobits: number; readonly latencyMilli: number } | null;
}

/** Shares of the plan's bytes at which losses are kept: an eighth, a quarter, a half, all. */
export const SHARES = [
  [1n, 8n],
  [1n, 4n],
  [1n, 2n],
  [1n, 1n],
] as const;

/** The loss after `bytes`, on straight lines between what was reached, from the 8 bits of knowing nothing; past the end, the last. */
export function lossAfter(reached: readonly Reached[], bytes: number): number {
  let before: Reached = { bytes: 0, lossMicrobits: IGNORANCE_MICROBITS };
  for (const point of reached) {
    if (bytes <= point.bytes) {
      const width = BigInt(point.bytes - before.bytes);
      if (width === 0n) return point.lossMicrobits;
      const rise = BigInt(point.lossMicrobits - before.lossMicrobits) * BigInt(bytes - before.bytes);
      return before.lossMicrobits + roundedQuotient(rise, width);
    }
    before = point;
  }
  return before.lossMicrobits;
}

function reachedOf(curve: readonly CurvePoint[]): readonly Reached[] {
  const points = curve.map(({ bytesRevealed, lossMicrobits }) => ({ bytes: bytesRevealed, lossMicrobits }));
  const total = BigInt(points.at(-1)?.bytes ?? 0);
  return SHARES.map(([part, of]) => {
    const bytes = roundedQuotient(total * part, of);
    return { bytes, lossMicrobits: lossAfter(points, bytes) };
  });
}

type Measured = DataOf<'RunMeasured'>;

/** Only of a submission's own pairs: they are compared with each other. */
function instabilityOf({ pair, curve, norms }: Measured): Instability {
  if (pair !== 'architecture' && pair !== 'recipe')
    return { roughnessPpm: null, lossSpikesPpm: null, updateSpikesPpm: null };
  const [rough, losses] = [smoothness(curve), lossSpikes(curve)];
  const updates = updateSpikes(norms.slice(1).map(({ updateNano }) => updateNano));
  return {
    roughnessPpm: rough.kind === 'too-short' ? null : rough.roughnessPpm,
    lossSpikesPpm: losses.kind === 'too-short' ? null : losses.sharePpm,
    updateSpikesPpm: updates.kind === 'too-short' ? null : updates.sharePpm,
  };
}

function hookOf(run: Measured, { panel, scoring }: Terms): RunFigures['hook'] {
  if (run.hook === null || (run.pair !== 'architecture' && run.pair !== 'recipe')) return null;
  const found = hookGain(new Runs([run], { panel }, scoring.payloadCounts), run.pair, scoring);
  if (found === null) return null;
  return { gainMicrobits: found.gain.meanMicrobits, latencyMilli: found.latencyMilli };
}

/** @param terms of the policy that the run was done under */
export function figuresOf(run: Measured, index: number, terms: Terms): RunFigures {
  const { pair, variant, point, seed, ending, curve } = run;
  const reading = (key: 'area' | 'figure') =>
    isCurve(curve) ? readingOf(run, key, terms.scoring.payloadCounts) : WORST_LOSS_MICROBITS;
  return {
    index,
    pair,
    variant,
    point,
    seed,
    completed: ending.kind === 'completed',
    costUs: Math.max(1, costOf(run)),
    area: reading('area'),
    figure: reading('figure'),
    reached: reachedOf(curve),
    instability: instabilityOf(run),
    hook: hookOf(run, terms),
  };
}
