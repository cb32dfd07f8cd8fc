/** What may be taken off a total for instability. Nothing here can add to one. */
import { z } from 'zod';
import { IGNORANCE_MICROBITS } from './units.ts';

export const PENALTIES = [
  /** Upward movement of the curve over its total fall, beyond sampling noise, ppm. Judged. */
  'roughness',
  /** Checkpoints far above the trend. Judged. */
  'loss-spikes',
  /** Updates between snapshots far above the trend. Judged. */
  'update-spikes',
  /** Spread of the logarithm of the gradient's norm, thousandths. Instrumented. */
  'gradient-spread',
  /** Gradients that had to be clipped, ppm. Instrumented. */
  'gradient-clipping',
  /** Activations far above their root mean square, ppm. Instrumented. */
  'activation-spikes',
] as const;

/** Those that the container itself reports. */
export const INSTRUMENTED = ['gradient-spread', 'gradient-clipping', 'activation-spikes'] as const;

export const penaltyRuleSchema = z.strictObject({
  signal: z.enum(PENALTIES),
  /** Up to here nothing is taken off; in the signal's own unit. */
  free: z.int().min(0).max(1_000_000_000),
  /** Nanobits per byte for each unit above. */
  nanobitsPerUnit: z.int().min(0).max(1_000_000_000),
  /** Never more than this. */
  capMicrobits: z.int().min(0).max(IGNORANCE_MICROBITS),
});
export type PenaltyRule = z.infer<typeof penaltyRuleSchema>;
