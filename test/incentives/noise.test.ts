/** Being paid for noise: alone at the top with nothing to show, and with the best of many tries of an idea that is worth nothing. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { challengerShare } from '../../domain/ownership/luck/alpha.ts';
import { judgeDifferences, minimumFor, runsNeeded } from '../../domain/ownership/luck/confirmation.ts';
import { expectedDeviation, poolOf } from '../../domain/ownership/luck/deviation.ts';
import { gainOf } from '../../domain/scoring/gains.ts';
import { type Script, tell } from '../support/history.ts';
import { normals, wilson } from './luck-simulation.ts';
import {
  Figures,
  idea,
  intervalOf,
  noisy,
  outcomes,
  paidFor,
  paying,
  payOf,
  RUN_DEVIATION,
  shown,
} from './support.ts';

const figures = new Figures('noise (pay in ppm of an epoch)');
afterAll(() => figures.print());

const PAIR_DEVIATION = paying.ownership.confirmation.deviationFloorMicrobits;

describe('alone at the top', () => {
  test('with a gain of noise: nothing is paid, all of it burns', () => {
    const builders = Array.from({ length: 40 }, (_, seed) =>
      tell([idea('alone', 'idea', { also: noisy(`alone ${seed}`) })], { policy: paying }),
    );
    const best = Math.max(
      ...[...builders].flatMap(({ state }) =>
        [...state.submissions.values()].map(({ state: { scored } }) => scored?.total.meanMicrobits ?? 0),
      ),
    );
    // Some did come out on top of the reference: it is noise that is not paid.
    expect(best).toBeGreaterThan(1_000);
    for (const builder of builders) {
      expect(payOf(builder)).toEqual({ of: new Map(), paidPpm: 0 });
      expect(builder.state.epochs.get(2)?.weights?.burn).toEqual({ hotkey: '5Burn', units: 65_535 });
    }
    figures.add('alone with noise, best mean in 40 histories (microbits)', best);
    figures.add('alone with noise, paid', '0 in 40 of 40; all burns');
  });

  test('with 0.001 bits, which is less than an effect: nothing either; with 0.02 bits: what those are worth, not the pool', () => {
    const pays = (gain: number) =>
      Array.from(
        { length: 15 },
        (_, seed) =>
          paidFor([
            idea('alone', 'idea', { kind: 'architecture_only', gain, also: noisy(`little ${gain} ${seed}`) }),
          ]).paidPpm,
      );
    expect(pays(1_000).every((pay) => pay === 0)).toBe(true);
    const some = intervalOf(pays(20_000));
    figures.add('alone with 0.02 bits of 6000 ppm', shown(some));
    expect(some.lower).toBeGreaterThan(1_000);
    expect(some.upper).toBeLessThan(6_000);
  });
});

const { scoring, plan, ownership, weights } = paying;
const rules = ownership.confirmation;
const prior = { deviationMicrobits: rules.deviationFloorMicrobits, degrees: rules.deviationFloorDegrees };

type Draw = (count: number) => readonly number[];

const draws = (seed: number, deviation: number): Draw => {
  const normal = normals(seed);
  return (count) => Array.from({ length: count }, () => Math.round(normal() * deviation));
};

/** Whether a screening of an idea that is worth nothing selects it. */
function selects(draw: Draw): boolean {
  return gainOf(draw(plan.seeds), scoring).lowerMicrobits > scoring.minimumGainMicrobits;
}

/** What the confirmation of an idea that is worth nothing makes it be paid: of the j-th try of its hotkey, in ppm of an epoch. */
function confirms(draw: Draw, j: number): number {
  const alphaPpt = challengerShare(rules.challengerAlphaPpm, j);
  const runs = runsNeeded({ alphaPpt, deviation: expectedDeviation(poolOf(prior)), rules });
  const differences = draw(runs);
  const minimumMicrobits = minimumFor(0, rules);
  if (!judgeDifferences({ differences, earlier: [], alphaPpt, minimumMicrobits, rules }).proven) return 0;
  return (Math.max(0, gainOf(differences, scoring).lowerMicrobits) * weights.pricePpmPerBit) / 1_000_000;
}

const TRIES = 20_000;

describe('best of N', () => {
  test('60 tries of a null idea in one ledger, by one hotkey and by 60, calm and wild: nobody owns anything', () => {
    const tries = (hotkeyOf: (at: number) => string, deviation: number): readonly Script[] =>
      Array.from({ length: 60 }, (_, at) =>
        idea(hotkeyOf(at), `try ${at} ${deviation}`, {
          kind: 'architecture_only',
          also: noisy(`try ${at} ${deviation}`, deviation),
        }),
      );
    for (const deviation of [RUN_DEVIATION, 10 * RUN_DEVIATION]) {
      for (const [who, hotkeyOf] of [
        ['one hotkey', () => 'many'],
        ['60 hotkeys', (at: number) => `H${at}`],
      ] as const) {
        const builder = tell(tries(hotkeyOf, deviation), { policy: paying });
        const called = outcomes(builder, 'ConfirmationCalled').length;
        const { paidPpm } = payOf(builder);
        figures.add(
          `60 null tries of deviation ${deviation} by ${who}: confirmed, paid`,
          `${called}, ${paidPpm}`,
        );
        expect(paidPpm).toBe(0);
      }
    }
  });

  // A hundred sybils are a hundred times the work of one; 1,000 ppm are a tenth of a percent of an epoch.
  test.each([
    ['calm', 1, 1],
    ['three times as wild as the policy expects', 3, 100],
    ['ten times as wild', 10, 1_000],
  ])('of a null idea, %s: the expected pay of a hundred tries is bounded', (name, times, boundPpm) => {
    const draw = draws(times, times * PAIR_DEVIATION);
    // Both stages are drawn on their own, since what selects does not confirm: their chances multiply.
    const selected = wilson(Array.from({ length: TRIES }, () => selects(draw)).filter(Boolean).length, TRIES);
    for (const [who, tryOf, bound] of [
      ['100 hotkeys', () => 1, boundPpm],
      ['one hotkey', (at: number) => 1 + (at % 100), boundPpm / 10],
    ] as const) {
      const confirmed = intervalOf(Array.from({ length: TRIES }, (_, at) => confirms(draw, tryOf(at))));
      const pay = {
        mean: 100 * selected.share * confirmed.mean,
        lower: 100 * selected.lower * confirmed.lower,
        upper: 100 * selected.upper * confirmed.upper,
      };
      const text = [pay.mean, pay.lower, pay.upper].map((ppm) => ppm.toFixed(3));
      figures.add(
        `best of 100 null tries, ${name}, by ${who}`,
        `${text[0]} [${text[1]}, ${text[2]}], at most ${bound}; selected ${(100 * selected.share).toFixed(2)} %`,
      );
      expect(pay.upper).toBeLessThan(bound);
      expect(confirmed.upper).toBeGreaterThan(0);
    }
  });
});
