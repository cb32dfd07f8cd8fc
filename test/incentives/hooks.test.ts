/** Inference hooks that look better than they are: fast where they are timed, slow where it hurts; of use only where nobody pays. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import { type Script, tell } from '../support/history.ts';
import { Figures, idea, outcomes, paying, payOf } from './support.ts';

const figures = new Figures('inference hooks (pay in ppm of an epoch; the architecture earns 88,800)');
afterAll(() => figures.print());

const GAIN = 60_000;

interface Hook {
  /** What it adds to plain predictions. */
  readonly gain: number;
  readonly medianUs?: number;
  readonly p95Us?: number;
}

/** A hook at the last checkpoint; plain predictions take 100 microseconds. The policy's bound is twice that. */
function hooked(measured: Measurement, { gain, medianUs = 100, p95Us = 100 }: Hook): Measurement {
  const last = measured.curve.at(-1);
  if (last === undefined) return measured;
  const { step, lossMicrobits, windows } = last;
  return {
    ...measured,
    hook: {
      points: [{ step, lossMicrobits: lossMicrobits - gain, windows }],
      latency: { medianUs, p95Us },
      ending: { kind: 'completed', detail: '' },
    },
  };
}

const maker = (hookOf: (measured: Measurement) => Hook | null): Script =>
  idea('maker', 'idea', {
    gain: 300_000,
    hooked: true,
    also: (measured) => {
      const hook = measured.pair === 'recipe' ? hookOf(measured) : null;
      return hook === null ? measured : hooked(measured, hook);
    },
  });

/** A recipe of its own that adds 20,000, so that what is missing from the pay is the hook's. */
const withRecipe = (script: Script): Script => ({ ...script, recipeGain: 20_000 });

function paidWith(hookOf: (measured: Measurement) => Hook | null, policy = paying) {
  const builder = tell([withRecipe(maker(hookOf))], { policy });
  return { paidPpm: payOf(builder).paidPpm, trainings: outcomes(builder, 'TrainingClaimDecided') };
}

const without = paidWith(() => ({ gain: 0 }));

test('a hook that is fast and helps is paid what it adds, at its lower bound', () => {
  const { paidPpm, trainings } = paidWith(() => ({ gain: GAIN }));
  expect(trainings).toEqual(['maker granted']);
  const added = paidPpm - without.paidPpm;
  figures.add(`a hook of ${GAIN} microbits adds`, added);
  expect(added).toBeGreaterThan(0.9 * GAIN * 0.3);
  expect(added).toBeLessThanOrEqual(GAIN * 0.3);
});

describe('is not paid', () => {
  test.each<[string, (measured: Measurement) => Hook | null]>([
    ['fast at the median, slow at the tail', () => ({ gain: GAIN, p95Us: 210 })],
    ['slow at the median, fast at the tail', () => ({ gain: GAIN, medianUs: 210 })],
    ['slow on every fifth seed', ({ seed }) => ({ gain: GAIN, p95Us: seed % 5 === 0 ? 1_000 : 100 })],
    ['timed at nothing at all', () => ({ gain: GAIN, medianUs: 0, p95Us: 0 })],
    ['of use only on the seeds that select', ({ seed }) => ({ gain: seed < paying.plan.seeds ? GAIN : 0 })],
  ])('%s', (name, hookOf) => {
    const { paidPpm } = paidWith(hookOf);
    figures.add(`${name}: adds`, paidPpm - without.paidPpm);
    expect(paidPpm).toBeLessThanOrEqual(without.paidPpm);
    expect(paidPpm).toBeGreaterThan(88_000);
  });

  test('of use only at the reference', () => {
    const policy = { ...paying, plan: { ...paying.plan, elsewhere: { reference: true, families: 0 } } };
    const script = withRecipe(maker(() => ({ gain: 0 })));
    const helping: Script = {
      ...script,
      also: (measured) => {
        const own = script.also?.(measured) ?? measured;
        return measured.pair === 'recipe-on-reference' ? hooked(own, { gain: GAIN }) : own;
      },
    };
    const { paidPpm } = payOf(tell([helping], { policy }));
    figures.add('of use only at the reference: adds', paidPpm - without.paidPpm);
    expect(paidPpm).toBe(without.paidPpm);
  });
});

test('a rival cannot take a recipe by a slow hook, and can by a fast one', () => {
  const incumbent = withRecipe(maker(() => null));
  const challenger = (p95Us: number): Script => ({
    ...withRecipe(maker(() => ({ gain: GAIN, p95Us }))),
    hotkey: 'rival',
    kind: 'training_for_arch',
    training: 'rival',
  });
  const trainings = (p95Us: number) =>
    outcomes(
      tell([{ ...incumbent, hooked: false }, challenger(p95Us)], { policy: paying }),
      'TrainingClaimDecided',
    );
  expect(trainings(210)).toEqual(['maker granted', 'rival below-margin']);
  expect(trainings(150)).toEqual(['maker granted', 'rival granted']);
});
