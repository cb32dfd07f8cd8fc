/** What each hotkey is paid for an epoch: an absolute price for proven increments, two pools as ceilings, the rest burns. */
import { PPM } from '../evaluation/units.ts';
import type { DataOf } from '../events/catalogue.ts';
import { MAX_ITEMS } from '../events/epoch.ts';
import type { Policy } from '../policy/policy.ts';
import { apportion } from './apportion.ts';
import { type Contribution, type Earned, earningsOf, fromPool, type Span } from './earnings.ts';

type Rules = Policy['weights'];
type Item = DataOf<'WeightsDerived'>['items'][number];

/** Pay that is kept for contributions that were held, by `keyOf`; parts per million of an epoch. */
export type Kept = ReadonlyMap<string, number>;

export function keyOf({ submission, kind }: Pick<Contribution, 'submission' | 'kind'>): string {
  return `${kind} ${submission}`;
}

export interface EpochSpec {
  readonly epoch: number;
  readonly basis: string;
  readonly span: Span;
  readonly contributions: readonly Contribution[];
  /** From earlier epochs. */
  readonly kept: Kept;
  readonly rules: Rules;
}

/** What one pool pays: first what is asked for this epoch, then, as far as it reaches, what was kept for those no longer held. */
function payFrom(earned: readonly Earned[], kept: Kept, ceilingPpm: number): readonly Item[] {
  const given = fromPool(
    earned.map(({ askedPpm }) => askedPpm),
    ceilingPpm,
  );
  let left = ceilingPpm - given.reduce((sum, one) => sum + one, 0);
  return earned.map(({ contribution, incrementMicrobits }, index) => {
    const { family, submission, hotkey, kind, held } = contribution;
    const now = given[index] ?? 0;
    const before = kept.get(keyOf(contribution)) ?? 0;
    const releasedPpm = held ? 0 : Math.min(before, left);
    left -= releasedPpm;
    const item = { family, submission, hotkey, kind, incrementMicrobits };
    return held
      ? { ...item, ppm: 0, keptPpm: now, releasedPpm }
      : { ...item, ppm: now, keptPpm: 0, releasedPpm };
  });
}

function amountOf({ ppm, keptPpm, releasedPpm }: Item): number {
  return ppm + keptPpm + releasedPpm;
}

/** What is paid or kept at all. Should that be more than an event can list, the largest amounts; of equal ones those listed first. */
function bestOf(items: readonly Item[]): Item[] {
  const some = items.filter((item) => amountOf(item) > 0);
  const best = new Set(some.toSorted((a, b) => amountOf(b) - amountOf(a)).slice(0, MAX_ITEMS));
  return some.filter((item) => best.has(item));
}

interface Share {
  readonly hotkey: string;
  /** Least admission of what it is paid for. */
  order: number;
  architecturePpm: number;
  trainingPpm: number;
}

function totalPpm({ architecturePpm, trainingPpm }: Share): number {
  return architecturePpm + trainingPpm;
}

/** Hotkeys with what both pools pay them, by their earliest admission. */
function sharesOf(items: readonly Item[], orderOf: ReadonlyMap<string, number>): readonly Share[] {
  const shares = new Map<string, Share>();
  for (const { hotkey, submission, kind, ppm, releasedPpm } of items) {
    const order = orderOf.get(submission) ?? 0;
    const share = shares.get(hotkey) ?? { hotkey, order, architecturePpm: 0, trainingPpm: 0 };
    shares.set(hotkey, share);
    if (ppm + releasedPpm === 0) continue;
    share.order = totalPpm(share) === 0 ? order : Math.min(share.order, order);
    share[kind === 'architecture' ? 'architecturePpm' : 'trainingPpm'] += ppm + releasedPpm;
  }
  return [...shares.values()].filter((share) => totalPpm(share) > 0).sort((a, b) => a.order - b.order);
}

/** The weights of a closed epoch, with what they are made of. */
export function weightsOf(spec: EpochSpec): DataOf<'WeightsDerived'> {
  const { epoch, basis, span, contributions, kept, rules } = spec;
  const earned = earningsOf(contributions, rules.pricePpmPerBit, span);
  const pool = (kind: Contribution['kind'], ceilingPpm: number) =>
    payFrom(
      earned.filter(({ contribution }) => contribution.kind === kind),
      kept,
      ceilingPpm,
    );
  const items = bestOf([
    ...pool('architecture', rules.architecturePoolPpm),
    ...pool('training', rules.trainingPoolPpm),
  ]);
  const shares = sharesOf(items, new Map(contributions.map(({ submission, order }) => [submission, order])));
  const ppm = shares.map(totalPpm);
  const burnPpm = PPM - ppm.reduce((total, one) => total + one, 0);
  const units = apportion([...ppm, burnPpm]);
  return {
    basis,
    epoch,
    items,
    shares: shares.map(({ hotkey, architecturePpm, trainingPpm }, index) => ({
      hotkey,
      units: units[index] ?? 0,
      architecturePpm,
      trainingPpm,
    })),
    burn: { hotkey: rules.burnHotkey, units: units[shares.length] ?? 0 },
  };
}

/** What is still kept after an epoch was paid: of contributions that stand or are held; what was refused is dropped. */
export function keptAfter(
  kept: Kept,
  contributions: readonly Contribution[],
  { items }: Pick<DataOf<'WeightsDerived'>, 'items'>,
): Kept {
  const paid = new Map(items.map((item) => [keyOf(item), item]));
  return new Map(
    contributions.flatMap((contribution) => {
      const key = keyOf(contribution);
      const item = paid.get(key);
      const rest = (kept.get(key) ?? 0) + (item?.keptPpm ?? 0) - (item?.releasedPpm ?? 0);
      return rest > 0 ? [[key, rest] as const] : [];
    }),
  );
}
