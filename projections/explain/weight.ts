/** What a hotkey's weight in an epoch is made of, and why the rest burns. */
import { MICROBITS_PER_BYTE, PPM } from '../../domain/evaluation/units.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { type Contribution, type Earned, fromPool } from '../../domain/weights/earnings.ts';
import { keyOf } from '../../domain/weights/weights.ts';
import {
  type ClaimExplained,
  type ClaimKind,
  claimExplained,
  type PolicyFound,
  policyFound,
} from './claim.ts';
import type { EpochTrail, Ref, Trail } from './trail.ts';

export interface ItemExplained {
  readonly kind: ClaimKind;
  readonly family: string;
  readonly submission: string;
  readonly valueMicrobits: number;
  /** By how much it exceeds the best value that anything earlier was paid for; of another family, that with its error. */
  readonly incrementMicrobits: number;
  /** Increment times price: parts per million of a whole epoch. */
  readonly fullPpm: number;
  /** Of the epoch, while it stood. */
  readonly askedPpm: number;
  readonly ppm: number;
  readonly keptPpm: number;
  readonly releasedPpm: number;
  /** Kept by earlier epochs, before this one. */
  readonly keptBeforePpm: number;
  readonly claim: ClaimExplained | null;
}

export interface PoolExplained {
  readonly kind: ClaimKind;
  readonly ceilingPpm: number;
  /** By everyone. Above the ceiling, all are scaled down together. */
  readonly askedPpm: number;
  readonly paidPpm: number;
  readonly keptPpm: number;
  /** Earned by contributions beyond those that an epoch lists. */
  readonly unlistedPpm: number;
}

export interface BurnExplained {
  readonly hotkey: string | null;
  readonly units: number;
  readonly ppm: number;
  /** What it consists of; together `ppm`. */
  readonly parts: readonly { readonly why: string; readonly ppm: number }[];
}

export interface WeightExplained {
  readonly hotkey: string;
  readonly epoch: number;
  readonly closed: Ref;
  /** Null where the ledger still owes them. */
  readonly derived: Ref | null;
  readonly emitted: readonly { readonly at: Ref; readonly target: string }[];
  readonly policy: PolicyFound | null;
  readonly pricePpmPerBit: number;
  readonly units: number;
  readonly architecturePpm: number;
  readonly trainingPpm: number;
  readonly items: readonly ItemExplained[];
  readonly pools: readonly PoolExplained[];
  readonly burn: BurnExplained | null;
}

function itemExplained(
  trail: Trail,
  epoch: EpochTrail,
  { contribution, incrementMicrobits, askedPpm }: Earned,
  price: number,
): ItemExplained {
  const { kind, family, submission, valueMicrobits } = contribution;
  const paid = epoch.derived?.data.items.find((item) => keyOf(item) === keyOf(contribution));
  const entry = trail.ledger.submissions.get(submission);
  return {
    ...{ kind, family, submission, valueMicrobits, incrementMicrobits },
    fullPpm: Number((BigInt(incrementMicrobits) * BigInt(price)) / BigInt(MICROBITS_PER_BYTE)),
    askedPpm: Number(askedPpm),
    ppm: paid?.ppm ?? 0,
    keptPpm: paid?.keptPpm ?? 0,
    releasedPpm: paid?.releasedPpm ?? 0,
    keptBeforePpm: epoch.kept.get(keyOf(contribution)) ?? 0,
    claim: entry === undefined ? null : claimExplained(trail, entry, kind),
  };
}

function poolExplained(
  { earned, derived }: EpochTrail,
  kind: Contribution['kind'],
  ceilingPpm: number,
): PoolExplained {
  const asked = earned
    .filter(({ contribution }) => contribution.kind === kind)
    .map(({ askedPpm }) => askedPpm);
  const items = derived?.data.items.filter((item) => item.kind === kind) ?? [];
  return {
    kind,
    ceilingPpm,
    askedPpm: Number(asked.reduce((sum, one) => sum + one, 0n)),
    paidPpm: items.reduce((sum, { ppm, releasedPpm }) => sum + ppm + releasedPpm, 0),
    keptPpm: items.reduce((sum, { keptPpm }) => sum + keptPpm, 0),
    unlistedPpm: derived === null ? 0 : sumOf(fromPool(asked, ceilingPpm)) - listedIn(items),
  };
}

function burnExplained(
  { shares, burn }: DataOf<'WeightsDerived'>,
  pools: readonly PoolExplained[],
): BurnExplained {
  const given = sumOf(shares.map((share) => share.architecturePpm + share.trainingPpm));
  const parts = pools.flatMap(({ kind, ceilingPpm, paidPpm, keptPpm, unlistedPpm }) => [
    {
      why: `the ${kind} pool's ceiling is not reached by what is proven`,
      ppm: ceilingPpm - paidPpm - keptPpm - unlistedPpm,
    },
    { why: `kept in the ${kind} pool for what is held`, ppm: keptPpm },
    { why: `earned in the ${kind} pool by more contributions than an epoch pays`, ppm: unlistedPpm },
  ]);
  const outside = PPM - sumOf(pools.map(({ ceilingPpm }) => ceilingPpm));
  const all = [...parts, { why: 'the two ceilings leave it to nobody', ppm: outside }];
  return { ...burn, ppm: PPM - given, parts: all.filter(({ ppm }) => ppm > 0) };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function listedIn(items: DataOf<'WeightsDerived'>['items']): number {
  return sumOf(items.map(({ ppm, keptPpm }) => ppm + keptPpm));
}

function rulesOf({ policies }: Trail, { policy }: EpochTrail): Policy['weights'] | null {
  return policies[policy]?.data.weights ?? null;
}

/** @param epoch null: the last that is closed. Null where that epoch is not closed */
export function weightExplained(trail: Trail, hotkey: string, epoch: number | null): WeightExplained | null {
  const number = epoch ?? trail.ledger.lastEpoch;
  const of = trail.epochs.get(number);
  const rules = of === undefined ? null : rulesOf(trail, of);
  if (of === undefined || rules === null) return null;
  const derived = of.derived?.data ?? null;
  const share = derived?.shares.find((one) => one.hotkey === hotkey);
  const pools = [
    poolExplained(of, 'architecture', rules.architecturePoolPpm),
    poolExplained(of, 'training', rules.trainingPoolPpm),
  ];
  return {
    hotkey,
    epoch: number,
    closed: of.closed,
    derived: of.derived?.at ?? null,
    emitted: of.emitted.map(({ at, data }) => ({ at, target: data.target })),
    policy: policyFound(trail, of.policy),
    pricePpmPerBit: rules.pricePpmPerBit,
    units: share?.units ?? 0,
    architecturePpm: share?.architecturePpm ?? 0,
    trainingPpm: share?.trainingPpm ?? 0,
    items: of.earned
      .filter(({ contribution }) => contribution.hotkey === hotkey)
      .map((earned) => itemExplained(trail, of, earned, rules.pricePpmPerBit)),
    pools,
    burn: derived && burnExplained(derived, pools),
  };
}
