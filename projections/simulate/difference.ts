/** What a simulated policy changes: leaderboard, claims, owners and weights, each as it was recorded and as it would be. */
import { canonicalText, digestOf } from '../../domain/events/canonical.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import type { LedgerState } from '../../domain/ledger/state.ts';
import { incumbentOf } from '../../domain/ownership/family.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { leaderboardRows } from '../leaderboard.ts';
import type { ClaimDecision, ClaimKind, Note, Simulation } from './state.ts';

/** One thing before and after; null: it is not there. */
export interface Change<Subject, Value> {
  readonly subject: Subject;
  readonly before: Value | null;
  readonly after: Value | null;
}

interface Standing {
  readonly rank: number;
  readonly scorePpm: number;
}

interface Holder {
  readonly submission: string;
  readonly hotkey: string;
  readonly valueMicrobits: number;
}

interface Paid {
  readonly units: number;
  readonly architecturePpm: number;
  readonly trainingPpm: number;
}

export interface Difference {
  /** Index of the last event that counts. */
  readonly index: number;
  readonly policy: { readonly name: string; readonly digest: string };
  /** Parts of the policy that a simulation cannot replace, where they differ from what the history was run under. */
  readonly ignored: readonly ('plan' | 'work' | 'review')[];
  /** Nothing changes. */
  readonly same: boolean;
  readonly leaderboard: readonly Change<{ submission: string; hotkey: string }, Standing>[];
  readonly claims: readonly Change<
    { claim: ClaimKind; submission: string; hotkey: string },
    { outcome: ClaimDecision['outcome']; valueMicrobits: number }
  >[];
  readonly owners: readonly Change<{ family: string; part: ClaimKind }, Holder>[];
  readonly weights: readonly Change<{ epoch: number; hotkey: string }, Paid>[];
  readonly burned: readonly Change<{ epoch: number }, DataOf<'WeightsDerived'>['burn']>[];
  /** What the simulation cannot know, or had to take as it was. */
  readonly notes: readonly Note[];
}

type Table<Subject, Value> = ReadonlyMap<string, { readonly subject: Subject; readonly value: Value }>;

/** What differs, in the order of the record; what only the simulation has comes last. */
function changesOf<Subject, Value>(
  before: Table<Subject, Value>,
  after: Table<Subject, Value>,
): readonly Change<Subject, Value>[] {
  return [...new Map([...before, ...after]).entries()].flatMap(([key, { subject }]) => {
    const [was, is] = [before.get(key)?.value ?? null, after.get(key)?.value ?? null];
    return canonicalText(was) === canonicalText(is) ? [] : [{ subject, before: was, after: is }];
  });
}

function tableOf<Subject, Value>(
  rows: Iterable<readonly [key: string, subject: Subject, value: Value]>,
): Table<Subject, Value> {
  return new Map([...rows].map(([key, subject, value]) => [key, { subject, value }]));
}

function standings(ledger: LedgerState) {
  const entrants = [...ledger.submissions.values()].map(({ id, hotkey, order, state }) => {
    const gone = state.phase === 'rejected' || state.phase === 'abandoned';
    const score = gone ? null : state.scored;
    return [
      id,
      { submission: id, hotkey, index: order, kind: state.admitted?.layout.kind ?? '', score },
    ] as const;
  });
  return tableOf(
    leaderboardRows({ entrants: new Map(entrants) }).map(({ submission, hotkey, rank, scorePpm }) => [
      submission,
      { submission, hotkey },
      { rank, scorePpm },
    ]),
  );
}

function decisions(claims: ReadonlyMap<string, ClaimDecision>) {
  return tableOf(
    [...claims].map(([key, { submission, hotkey, outcome, valueMicrobits }]) => {
      const claim: ClaimKind = key.startsWith('training ') ? 'training' : 'architecture';
      return [key, { claim, submission, hotkey }, { outcome, valueMicrobits }] as const;
    }),
  );
}

function holders(ledger: LedgerState) {
  const rows = [...ledger.families].flatMap(([family, state]) => {
    const parts = [
      ['architecture', state.discovery],
      ['training', incumbentOf(state)],
    ] as const;
    return parts.flatMap(([part, holder]) => {
      if (holder === null) return [];
      const { submission, hotkey, valueMicrobits } = holder;
      const key = `${family} ${part}`;
      return [[key, { family, part }, { submission, hotkey, valueMicrobits }] as const];
    });
  });
  return tableOf<{ family: string; part: ClaimKind }, Holder>(rows);
}

/** Weights of closed epochs, also those that the ledger still owes. */
function epochsOf(ledger: LedgerState): readonly DataOf<'WeightsDerived'>[] {
  const owed = new Map(
    [...ledger.owed.values()].flatMap(({ decided }) =>
      decided.type === 'WeightsDerived' ? [[decided.data.epoch, decided.data] as const] : [],
    ),
  );
  return [...ledger.epochs].flatMap(([epoch, { weights }]) => weights ?? owed.get(epoch) ?? []);
}

function paidIn(epochs: readonly DataOf<'WeightsDerived'>[]) {
  return tableOf(
    epochs.flatMap(({ epoch, shares }) =>
      shares.map(({ hotkey, ...paid }) => [`${epoch} ${hotkey}`, { epoch, hotkey }, paid] as const),
    ),
  );
}

function burnedIn(epochs: readonly DataOf<'WeightsDerived'>[]) {
  return tableOf(epochs.map(({ epoch, burn }) => [`${epoch}`, { epoch }, burn] as const));
}

/** Policies that submissions were received under, or that stood at the end. */
function policiesOf({ submissions, policy }: LedgerState): readonly Policy[] {
  const all = new Set([...submissions.values()].map((entry) => entry.policy));
  return policy === null ? [...all] : [...all.add(policy)];
}

export function differenceOf({
  policy,
  recorded,
  recordedClaims,
  ledger,
  claims,
  notes,
}: Simulation): Difference {
  const differs = (part: 'plan' | 'work' | 'review'): boolean => {
    const wanted = digestOf(policy[part]);
    return policiesOf(recorded).some((one) => digestOf(one[part]) !== wanted);
  };
  const [before, after] = [epochsOf(recorded), epochsOf(ledger)];
  const changes = {
    leaderboard: changesOf(standings(recorded), standings(ledger)),
    claims: changesOf(decisions(recordedClaims), decisions(claims)),
    owners: changesOf(holders(recorded), holders(ledger)),
    weights: changesOf(paidIn(before), paidIn(after)),
    burned: changesOf(burnedIn(before), burnedIn(after)),
  };
  return {
    index: recorded.size - 1,
    policy: { name: policy.name, digest: digestOf(policy) },
    ignored: (['plan', 'work', 'review'] as const).filter(differs),
    same: Object.values(changes).every((changed) => changed.length === 0),
    ...changes,
    notes,
  };
}
