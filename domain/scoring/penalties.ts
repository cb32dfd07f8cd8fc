/** What is taken off for instability. A penalty is never below 0, so that no signal here can raise a score. */
import type { PenaltyRule } from '../evaluation/penalty-rules.ts';
import { smoothness } from '../evaluation/signals/smoothness.ts';
import { lossSpikes, updateSpikes } from '../evaluation/signals/spikes.ts';
import { PPM } from '../evaluation/units.ts';
import type { ScoredRun } from './measured-runs.ts';

export interface Penalty {
  readonly signal: PenaltyRule['signal'];
  /** In the signal's own unit, at its worst run. */
  readonly value: number;
  readonly microbits: number;
}

/** What the host did not tell reads as this: more than any honest run shows. */
const UNTOLD_MILLI = 10_000;
const NANOBITS_PER_MICROBIT = 1_000n;

/** The signal of one run; 0 where the plan is too short for it, since no learner can shorten a plan. */
function severityOf(signal: PenaltyRule['signal'], run: ScoredRun): number {
  const { curve, norms, instrumented } = run;
  switch (signal) {
    case 'roughness': {
      const reading = smoothness(curve);
      return reading.kind === 'too-short' ? 0 : reading.roughnessPpm;
    }
    case 'loss-spikes': {
      const reading = lossSpikes(curve);
      return reading.kind === 'too-short' ? 0 : reading.sharePpm;
    }
    case 'update-spikes': {
      const reading = updateSpikes(norms.slice(1).map(({ updateNano }) => updateNano));
      return reading.kind === 'too-short' ? 0 : reading.sharePpm;
    }
    case 'gradient-spread':
      return instrumented.gradientSpreadMilli ?? UNTOLD_MILLI;
    case 'gradient-clipping':
      return instrumented.gradientClippedPpm ?? PPM;
    case 'activation-spikes':
      return instrumented.activationSpikesPpm ?? PPM;
  }
}

/** One penalty per rule, at the worst of `runs`, each within its cap. */
export function penaltiesOf(runs: readonly ScoredRun[], rules: readonly PenaltyRule[]): readonly Penalty[] {
  return rules.map(({ signal, free, nanobitsPerUnit, capMicrobits }) => {
    const value = runs.reduce((worst, run) => Math.max(worst, severityOf(signal, run)), 0);
    const above = BigInt(Math.max(0, value - free));
    const microbits = (above * BigInt(nanobitsPerUnit)) / NANOBITS_PER_MICROBIT;
    return { signal, value, microbits: microbits > BigInt(capMicrobits) ? capMicrobits : Number(microbits) };
  });
}
