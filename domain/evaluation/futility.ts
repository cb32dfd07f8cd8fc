/** The futility stop: what is hopeless on the first seed is not run on the others. */
import { figureOf } from '../scoring/gains.ts';
import type { Measurement } from './measurement.ts';

/**
 * Whether the better of the submission's own pairs came out more than `marginMicrobits` worse than the worst of the panel's on the first
 * seed. Generous on purpose: what stops here is scored by this one seed.
 */
export function isFutile(
  firstStage: readonly Pick<Measurement, 'pair' | 'curve'>[],
  marginMicrobits: number | null,
): boolean {
  if (marginMicrobits === null) return false;
  const figures = (wanted: (pair: Measurement['pair']) => boolean) =>
    firstStage.filter(({ pair }) => wanted(pair)).map(({ curve }) => figureOf(curve));
  const own = figures((pair) => pair === 'architecture' || pair === 'recipe');
  const panel = figures((pair) => pair === 'reference');
  if (own.length === 0 || panel.length === 0) return false;
  return Math.min(...own) > Math.max(...panel) + marginMicrobits;
}
