/** What each hotkey is paid for an epoch: an absolute price for proven gain, two pools as ceilings, the rest burns. */
import { MICROBITS_PER_BYTE, PPM } from '../evaluation/units.ts';
import type { DataOf } from '../events/catalogue.ts';
import { MAX_SHARES } from '../events/epoch.ts';
import type { Policy } from '../policy/policy.ts';
import { apportion } from './apportion.ts';

/** What is paid for: whose it is, since when, and its gain at the lower bound. */
export interface Earning {
  readonly hotkey: string;
  /** Log index of the admission that it goes back to. */
  readonly order: number;
  readonly lowerMicrobits: number;
}

/** Parts per million that each earning is paid from one pool: the price, scaled down together where the pool is too small. */
export function poolPay(
  earnings: readonly Earning[],
  pricePpmPerBit: number,
  ceilingPpm: number,
): readonly number[] {
  const asked = earnings.map(
    (earning) =>
      (BigInt(Math.max(0, earning.lowerMicrobits)) * BigInt(pricePpmPerBit)) / BigInt(MICROBITS_PER_BYTE),
  );
  const sum = asked.reduce((total, one) => total + one, 0n);
  const ceiling = BigInt(ceilingPpm);
  return asked.map((one) => Number(sum > ceiling ? (one * ceiling) / sum : one));
}

interface Pay {
  order: number;
  architecturePpm: number;
  trainingPpm: number;
}

function totalPpm({ architecturePpm, trainingPpm }: Pay): number {
  return architecturePpm + trainingPpm;
}

/**
 * The weights of a closed epoch.
 * @param architectures discoveries, by earliest admission; `trainings` likewise
 */
export function weightsOf(
  epoch: number,
  basis: string,
  architectures: readonly Earning[],
  trainings: readonly Earning[],
  rules: Policy['weights'],
): DataOf<'WeightsDerived'> {
  const pay = new Map<string, Pay>();
  const add = (
    earnings: readonly Earning[],
    ceiling: number,
    pool: 'architecturePpm' | 'trainingPpm',
  ): void => {
    const parts = poolPay(earnings, rules.pricePpmPerBit, ceiling);
    for (const [index, { hotkey, order }] of earnings.entries()) {
      const entry = pay.get(hotkey) ?? { order, architecturePpm: 0, trainingPpm: 0 };
      entry.order = Math.min(entry.order, order);
      entry[pool] += parts[index] ?? 0;
      pay.set(hotkey, entry);
    }
  };
  add(architectures, rules.architecturePoolPpm, 'architecturePpm');
  add(trainings, rules.trainingPoolPpm, 'trainingPpm');
  const paid = [...pay]
    .filter(([, part]) => totalPpm(part) > 0)
    // Should there be more than a subnet has places, the best earn and the rest burns.
    .sort(([, a], [, b]) => totalPpm(b) - totalPpm(a) || a.order - b.order)
    .slice(0, MAX_SHARES)
    .sort(([, a], [, b]) => a.order - b.order);
  const ppm = paid.map(([, part]) => totalPpm(part));
  const burnPpm = PPM - ppm.reduce((total, one) => total + one, 0);
  const units = apportion([...ppm, burnPpm]);
  const shares = paid.map(([hotkey, { architecturePpm, trainingPpm }], index) => ({
    hotkey,
    units: units[index] ?? 0,
    architecturePpm,
    trainingPpm,
  }));
  return { basis, epoch, shares, burn: { hotkey: rules.burnHotkey, units: units[paid.length] ?? 0 } };
}
