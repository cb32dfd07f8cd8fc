/** The list of runs, most informative first, so that a study that was cut short says the most. */
import { hash } from 'node:crypto';
import { architectureNames, hasDepth } from './architectures.ts';
import type { Extent, Rung, Scale } from './plans.ts';

export interface Job {
  readonly architecture: string;
  readonly scale: Scale;
  readonly rung: Rung;
  /** Runs of one scale and seed are paired: same text, same order, same places. */
  readonly seed: number;
}

/** 64 hex digits. Small and large runs never share a stream. */
export function seedOf({ scale, seed }: Pick<Job, 'scale' | 'seed'>): string {
  return hash('sha256', `prism-study-1/${scale}/${seed}`);
}

export function nameOf({ architecture, scale, rung, seed }: Job): string {
  return `${architecture} ${scale} ${rung} seed ${seed}`;
}

/** Every run of the study. */
export function jobsOf(extent: Extent): Job[] {
  const architectures = extent.architectures ?? architectureNames();
  const all = (scale: Scale, rung: Rung, seed: number): Job[] =>
    architectures
      .filter((name) => !rung.startsWith('depth') || hasDepth(name))
      .map((architecture) => ({ architecture, scale, rung, seed }));
  const base = (scale: Scale) =>
    Array.from({ length: extent.seeds[scale] }, (_, seed) => all(scale, 'base', seed));
  const [firstSmall = [], ...otherSmall] = base('small');
  const [firstLarge = [], ...otherLarge] = base('large');
  const ladders = extent.rungs.filter((rung) => rung !== 'base').map((rung) => all('small', rung, 0));
  return [firstSmall, firstLarge, ...otherSmall, ...ladders, ...otherLarge].flat();
}
