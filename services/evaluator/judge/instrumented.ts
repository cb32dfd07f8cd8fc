/** What the host said about a run's inside, as the ledger records it: read with suspicion, and worst where it cannot be read. */
import type { Measurement } from '../../../domain/evaluation/measurement.ts';
import { activationSpikes } from '../../../domain/evaluation/signals/activation-spikes.ts';
import { gradientStability } from '../../../domain/evaluation/signals/gradient-stability.ts';
import { HOOKS, hookUse } from '../../../domain/evaluation/signals/hook-use.ts';
import { noiseScale } from '../../../domain/evaluation/signals/noise-scale.ts';
import type { Telemetry } from './answers.ts';

/** Largest norm that the host lets a gradient have. */
const CLIP_NORM = 1;
/** Steps in which the judge's recipe warms up. */
const WARM_UP = 20;
/** An activation above so many root mean squares is a spike: a Gaussian one is once in 10^15. */
const SPIKE_RATIO = 8;
/** The host thins out series longer than this. */
const MOST_TOLD = 512;

/** Telemetry with the number of steps that it is about. */
export interface Told {
  readonly telemetry: Telemetry;
  readonly steps: number;
}

function gradients(told: readonly Told[]) {
  const norms = told.flatMap(({ telemetry }) => telemetry.gradientNorms);
  const expected = told.reduce((sum, { steps }) => sum + Math.min(steps, MOST_TOLD), 0);
  const warmup = Math.min(WARM_UP, Math.floor(expected / 2));
  const reading = gradientStability(norms, { expected, warmup, clipNorm: CLIP_NORM });
  return reading.kind === 'too-short' ? null : reading;
}

function activations(told: readonly Told[]) {
  const samples = told.flatMap(({ telemetry: { activations: said } }) =>
    said.ratios.map((ratio) =>
      ratio === null ? null : { maxOverRms: ratio, nans: said.nonFinite, overflows: 0 },
    ),
  );
  const reading = activationSpikes(samples, { expected: samples.length, limit: SPIKE_RATIO });
  return reading.kind === 'too-short' ? null : reading;
}

export function instrumentedOf(
  said: Pick<Measurement['instrumented'], 'parameters'> & {
    readonly hookUses: { readonly [hook: string]: number };
    readonly told: readonly Told[];
  },
): Measurement['instrumented'] {
  const { told, parameters, hookUses } = said;
  const gradient = gradients(told);
  const activation = activations(told);
  const pairs = told.flatMap(({ telemetry }) => telemetry.noise);
  const noise = noiseScale(pairs, pairs.length);
  const uses = hookUse({ present: [], calls: hookUses }).flatMap(({ hook, calls }) =>
    calls === null || calls === 0 ? [] : [[hook, calls] as const],
  );
  return {
    parameters,
    hookUses: Object.fromEntries(uses.slice(0, HOOKS.length)),
    gradientSpreadMilli: gradient?.spreadMilli ?? null,
    gradientMaxOverMedianMilli: gradient?.maxOverMedianMilli ?? null,
    gradientClippedPpm: gradient?.clipped.sharePpm ?? null,
    noiseScaleMilli: noise.kind === 'reading' ? noise.noiseScaleMilli : null,
    activationSpikesPpm: activation?.spikes.sharePpm ?? null,
    activationNonFinite: activation === null ? null : activation.nans + activation.overflows,
  };
}
