/** Taking another's idea before it is decided: by finishing first, by revising a placeholder, by reserving whole shelves of literature. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Choice, type Script, tell } from '../support/history.ts';
import { seededRandom } from '../support/random.ts';
import {
  Figures,
  idea,
  intervalOf,
  LUCK_PPM,
  noisy,
  noisyStreams,
  outcomes,
  paidFor,
  paying,
  payOf,
  shown,
  sum,
} from './support.ts';

const figures = new Figures('theft (pay in ppm of an epoch)');
afterAll(() => figures.print());

const honest = idea('honest', 'idea', {
  gain: 100_000,
  recipeGain: 30_000,
  lapses: 2,
  also: noisy('honest'),
});
/** The same sources, files shuffled: what is reachable is the same. */
const stolen: Partial<Script> = { ...honest, hotkey: 'thief', lapses: 0 };
/** Statements swapped, so that the digest is another: 30 of 32 fingerprints are as they were. */
const alike = [...(honest.sketch ?? []).slice(0, 30), 7, 8];

/** Orders of events in which some submissions race ahead of others. */
function races(count: number): readonly (readonly Choice[])[] {
  return Array.from({ length: count }, (_, seed) => {
    const random = seededRandom(seed + 1);
    return Array.from({ length: 60 }, () => [random.int(40), [1, 2, 10, 40][random.int(4)] ?? 1] as const);
  });
}

describe('copy a pending submission and finish first', () => {
  const thieves: readonly [string, Script, readonly string[]][] = [
    ['the same sources', idea('thief', 'idea', stolen), ['honest discovered', 'thief known']],
    [
      'rewritten, with the same curve',
      idea('thief', 'rewritten', {
        ...stolen,
        architecture: 'rewritten',
        sketch: alike,
        training: 't',
        copies: true,
        also: noisyStreams('thief'),
      }),
      ['honest discovered', 'thief refused'],
    ],
    [
      'rewritten, with another curve; a resolver refuses it',
      idea('thief', 'rewritten', {
        ...stolen,
        architecture: 'rewritten',
        sketch: alike,
        training: 't',
        also: noisy('thief'),
        resolver: 'refuse',
      }),
      ['honest discovered', 'thief refused'],
    ],
  ];
  test.each(thieves)('%s: the earlier idea owns, whoever finishes first', (name, thief, expected) => {
    const alone = paidFor([honest]);
    let finishedFirst = 0;
    for (const choices of races(12)) {
      const builder = tell([honest, thief], { policy: paying, choices });
      const scored = builder.events.filter(({ type }) => type === 'SubmissionScored');
      const [, second] = [...builder.state.submissions.keys()];
      if (scored[0]?.stream === `submission-${second}`) finishedFirst += 1;
      expect(outcomes(builder, 'ArchitectureClaimDecided')).toEqual(expected);
      expect([...payOf(builder).of]).toEqual([...alone.of]);
    }
    // The race is one: else nothing was attacked.
    expect(finishedFirst).toBeGreaterThan(0);
    figures.add(`copied, ${name}`, `thief 0 in 12 of 12, having finished first in ${finishedFirst}`);
  });

  test('rewritten beyond likeness: there is nothing left to be paid for but luck', () => {
    const unlike = (seed: number) =>
      idea('thief', 'unlike', { gain: 100_000, recipeGain: 30_000, also: noisy(`unlike ${seed}`) });
    const pays = Array.from({ length: 12 }, (_, seed) => paidFor([honest, unlike(seed)]));
    const alone = paidFor([honest]).paidPpm;
    for (const pay of pays) {
      expect(pay.of.get('honest')).toBe(alone);
      // What both lower bounds leave away of the same 0.13 bits.
      expect(pay.paidPpm).toBeLessThan(39_000);
    }
    const mean = sum(pays.map((pay) => pay.of.get('thief') ?? 0)) / pays.length;
    expect(mean).toBeLessThanOrEqual(LUCK_PPM);
    figures.add('rewritten beyond likeness: honest / thief', `${alone} / ${mean.toFixed(0)}`);
  });
});

describe('revise a placeholder', () => {
  const placeholder = idea('squatter', 'placeholder', { gain: 0, also: noisy('placeholder') });
  const revision = idea('squatter', 'idea', { ...stolen, hotkey: 'squatter' });
  test("into a rival's idea: a revision has its own place in the order", () => {
    const alone = paidFor([honest]);
    for (const choices of races(12)) {
      const builder = tell([placeholder, honest, revision], { policy: paying, choices });
      expect(outcomes(builder, 'ArchitectureClaimDecided').toSorted()).toEqual([
        'honest discovered',
        'squatter known',
        'squatter unproven',
      ]);
      expect([...payOf(builder).of]).toEqual([...alone.of]);
    }
    figures.add("placeholder revised into a rival's idea", 'squatter 0 in 12 of 12');
  });
});

describe('placeholders on 30 families', () => {
  const shelf = (gain: number, seed = '') =>
    Array.from({ length: 30 }, (_, at) =>
      idea('squatter', `paper ${at}`, {
        kind: 'architecture_only',
        gain,
        also: noisy(`paper ${at}${seed}`),
      }),
    );

  test("own nothing without a confirmed gain, and stand in nobody's way", () => {
    const later = [3, 11, 27].map((at) =>
      idea(`maker ${at}`.replace(' ', '-'), `paper ${at}`, {
        gain: 50_000 + 10_000 * at,
        also: noisy(`maker ${at}`),
      }),
    );
    const builder = tell([...shelf(0), ...later], { policy: paying });
    expect(outcomes(builder, 'ArchitectureClaimDecided').filter((one) => one.startsWith('squatter'))).toEqual(
      Array.from({ length: 30 }, () => 'squatter unproven'),
    );
    const pay = payOf(builder);
    expect(pay.of.has('squatter')).toBe(false);
    expect([...pay.of.keys()]).toEqual(['maker-3', 'maker-11', 'maker-27']);
    expect(pay.of).toEqual(paidFor(later).of);
    figures.add('30 placeholders without a gain', 'squatter 0; 3 later makers as if alone');
  });

  test('with the small gains that the literature has earn once, not 30 times', () => {
    const shelves = Array.from({ length: 8 }, (_, seed) => shelf(20_000, ` ${seed}`));
    const one = intervalOf(shelves.map((papers) => paidFor(papers.slice(0, 1)).paidPpm));
    const all = intervalOf(shelves.map((papers) => paidFor(papers).paidPpm));
    expect(one.lower).toBeGreaterThan(0);
    expect(all.mean - one.mean).toBeLessThanOrEqual(LUCK_PPM);
    expect(all.upper).toBeLessThan(20_000 * 0.3);
    figures.add('literature with 0.02 bits: one / 30 families', `${shown(one)} / ${shown(all)} of 6000`);
  });
});
