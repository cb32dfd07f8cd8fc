/** The signals that a total is the weighted sum of: each a gain in microbits per byte over the best of the judge's panel. */
import { z } from 'zod';
import { AXES } from './plan.ts';

/** Read from one curve at the base point. */
export const CURVE_SIGNALS = ['area', 'late', 'extrapolated'] as const;
export type CurveSignal = (typeof CURVE_SIGNALS)[number];

export const SIGNALS = [...CURVE_SIGNALS, ...AXES] as const;
export const signalSchema = z.enum(SIGNALS);
export type Signal = z.infer<typeof signalSchema>;
