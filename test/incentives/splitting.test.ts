/** One idea, split: over components, partners, hotkeys, families and steps. However it is split, it is paid once. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Script } from '../support/history.ts';
import {
  Figures,
  idea,
  intervalOf,
  LUCK_PPM,
  MARGIN_PPM,
  noisy,
  type Pay,
  paidFor,
  paying,
  RUN_DEVIATION,
  shown,
} from './support.ts';

const figures = new Figures('splitting (pay in ppm of an epoch)');
afterAll(() => figures.print());

/** Worth 0.35 bits: 105,000 ppm at 300,000 a bit. */
const WORTH_PPM = 105_000;
const HISTORIES = 8;

/** Pay of several histories whose noise differs. */
function histories(scriptsOf: (seed: number) => readonly Script[]): readonly Pay[] {
  return Array.from({ length: HISTORIES }, (_, seed) => paidFor(scriptsOf(seed)));
}

const honest = (seed: number | null): Script =>
  idea('honest', 'idea', {
    gain: 300_000,
    recipeGain: 50_000,
    ...(seed === null ? {} : { also: noisy(`honest ${seed}`) }),
  });

/** The same pair: the owner's architecture learns badly under the judge's recipe, and a partner's recipe makes up for it. */
const sandbagged = (left: number, seed: number | null, whole = 350_000): readonly Script[] => [
  idea('owner', 'idea', {
    kind: 'architecture_only',
    gain: left,
    ...(seed === null ? {} : { also: noisy(`owner ${seed}`) }),
  }),
  {
    ...idea('partner', 'idea'),
    kind: 'training_for_arch',
    gain: left,
    recipeGain: whole - left,
    ...(seed === null ? {} : { also: noisy(`partner ${seed}`) }),
  },
];

describe("sandbag one's own architecture, let a second hotkey's recipe fix it", () => {
  const pair = paidFor([honest(null)]);
  test.each([0, 8_000, 12_000, 50_000, 150_000, 300_000, 340_000])(
    'with %d of 350,000 microbits left in the architecture: no more than the honest pair',
    (left) => {
      const pay = paidFor(sandbagged(left, null));
      expect(pair.paidPpm).toBeGreaterThan(0.95 * WORTH_PPM);
      expect(pay.paidPpm).toBeLessThanOrEqual(pair.paidPpm);
      figures.add(`sandbagged to ${left}: both / honest pair`, `${pay.paidPpm} / ${pair.paidPpm}`);
    },
  );

  test('nor where runs are noisy', () => {
    const alone = intervalOf(histories((seed) => [honest(seed)]).map(({ paidPpm }) => paidPpm));
    for (const left of [12_000, 150_000]) {
      const both = intervalOf(histories((seed) => sandbagged(left, seed)).map(({ paidPpm }) => paidPpm));
      figures.add(`sandbagged to ${left}, noisy: both / honest pair`, `${shown(both)} / ${shown(alone)}`);
      expect(both.lower).toBeLessThanOrEqual(alone.upper);
      expect(both.upper).toBeLessThan(WORTH_PPM);
    }
  });

  test('nor across the pools, up to 2 bits; where a ceiling binds, what is moved to the other pool is paid there', () => {
    const of = (bits: number, split: boolean) => {
      const whole = idea('honest', 'idea', { kind: 'architecture_only', gain: bits });
      return paidFor(split ? sandbagged(bits / 2, null, bits) : [whole]).paidPpm;
    };
    // The reference's loss is 5 bits: these are gains that nobody will show.
    expect(of(1_900_000, true)).toBeLessThanOrEqual(of(1_900_000, false));
    const [whole, split] = [of(2_600_000, false), of(2_600_000, true)];
    figures.add('2.6 bits, where the ceilings bind: split / whole', `${split} / ${whole}`);
    expect(split).toBeLessThanOrEqual(2.6 * paying.weights.pricePpmPerBit);
  });
});

describe('split one idea', () => {
  const copies = (count: number, script: (at: number) => Script) =>
    Array.from({ length: count }, (_, at) => script(at));

  test('over 50 hotkeys: to the unit what one is paid', () => {
    const script = (at: number) =>
      idea(`H${at}`, 'idea', {
        gain: 100_000,
        recipeGain: 20_000,
        training: `t${at}`,
        also: noisy(`hotkey ${at}`),
      });
    const one = paidFor([script(0)]);
    const pay = paidFor(copies(50, script));
    expect(one.paidPpm).toBeGreaterThan(30_000);
    expect(pay.of).toEqual(one.of);
    figures.add('one idea over 50 hotkeys: all / one', `${pay.paidPpm} / ${one.paidPpm}`);
  });

  test.each([
    ['calm', 1, LUCK_PPM],
    // A handful of runs says little of its own error, so that the luckiest of 30 is above the margin of the first.
    ['three times as wild as the policy expects', 3, 2 * LUCK_PPM],
  ])(
    'over 30 families that are not alike, %s: next to nothing is added to what one is paid, and nothing to the gain that is there',
    (name, times, mostPpm) => {
      const script = (seed: number, at: number) =>
        idea(`H${at}`, `rewritten ${at}`, {
          kind: 'architecture_only',
          gain: 100_000,
          also: noisy(`family ${at} ${seed}`, times * RUN_DEVIATION),
        });
      const pays = (count: number) =>
        intervalOf(
          histories((seed) => copies(count, (at) => script(seed, at))).map(({ paidPpm }) => paidPpm),
        );
      const [alone, all] = [pays(1), pays(30)];
      figures.add(
        `one idea over 30 families, ${name}: all / one`,
        `${shown(all)} / ${shown(alone)} of 30000`,
      );
      expect(alone.upper).toBeLessThan(30_000);
      expect(all.mean - alone.mean).toBeLessThanOrEqual(mostPpm);
      expect(all.mean).toBeLessThan(30_000);
    },
  );

  test.each([2, 10, 30])(
    'into %d steps of families that build on each other: the sum of one, less two margins in all',
    (steps) => {
      const last = idea('maker', 'whole', { kind: 'architecture_only', gain: 300_000 });
      const one = paidFor([last]).paidPpm;
      const pay = paidFor(
        copies(steps, (at) =>
          idea(`H${at}`, `step ${at}`, {
            ...last,
            hotkey: `H${at}`,
            architecture: `step ${at}`,
            sketch: [at],
            gain: Math.round((300_000 * (at + 1)) / steps),
          }),
        ),
      );
      // Of 30 steps the first is too small to be discovered. Shares are rounded down, one by one.
      expect(pay.of.size).toBeGreaterThanOrEqual(steps - 1);
      const less = one - pay.paidPpm;
      expect(less).toBeGreaterThanOrEqual(0);
      expect(less).toBeLessThan(2 * MARGIN_PPM + steps);
      figures.add(`one idea in ${steps} steps: all / whole`, `${pay.paidPpm} / ${one}`);
    },
  );
});
