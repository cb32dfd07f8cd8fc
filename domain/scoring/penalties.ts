/** What is taken off for instability. A penalty is never below 0, so that no signal here can raise a score. */
import { PENALTIES, type PenaltyRule } from '../evaluation/penalty-rules.ts';
import { smoothness } from '../evaluation/signals/smoothness.ts';
import { lossSpikes, updateSpikes } from '../evaluation/signals/spikes.ts';
import { IGNORANCE_MICROBITS, PPM } from '../evaluation/units.ts';
import type { ScoredRun } from './measured-runs.ts';
import { ensureWhole } from './whole.ts';

export interface Penalty {
  readonly signal: PenaltyRule['signal'];
  /** In the signal's own unit, at its worst run. */
  readonly value: number;
  /** What it takes off; 0 where the policy has no rule for it. */
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

/** What one rule takes off at `value`: nothing up to its free part, then in proportion, and never more than its cap. */
function takenBy({ signal, free, nanobitsPerUnit, capMicrobits }: PenaltyRule, value: number): bigint {
  ensureWhole(`the rule of ${signal}`, { free, nanobitsPerUnit, capMicrobits });
  if (capMicrobits > IGNORANCE_MICROBITS)
    throw new RangeError(`the rule of ${signal} may take ${capMicrobits} microbits, more than a byte has`);
  const above = BigInt(Math.max(0, value - free));
  const microbits = (above * BigInt(nanobitsPerUnit)) / NANOBITS_PER_MICROBIT;
  return microbits > BigInt(capMicrobits) ? BigInt(capMicrobits) : microbits;
}

/**
 * Every signal of instability at the worst of `runs`, with what the policy's rules take off for it: together at most the 8 bits of a byte,
 * counted in the order of `PENALTIES`. Throws `RangeError` for a rule or a reading that is not whole.
 */
export function penaltiesOf(runs: readonly ScoredRun[], rules: readonly PenaltyRule[]): readonly Penalty[] {
  let left = BigInt(IGNORANCE_MICROBITS);
  return PENALTIES.map((signal) => {
    const value = runs.reduce((worst, run) => Math.max(worst, severityOf(signal, run)), 0);
    ensureWhole(signal, value);
    const taken = rules
      .filter((rule) => rule.signal === signal)
      .reduce((sum, rule) => sum + takenBy(rule, value), 0n);
    const microbits = taken > left ? left : taken;
    left -= microbits;
    return { signal, value, microbits: Number(microbits) };
  });
}
