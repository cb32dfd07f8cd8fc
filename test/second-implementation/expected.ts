/** What `derive.py` has to print of a ledger, as the engine's own fold has it. */
import { canonicalText, type Json } from '../../domain/events/canonical.ts';
import type { DataOf, PrismEvent } from '../../domain/events/catalogue.ts';
import { parseEvent } from '../../domain/events/codec.ts';
import type { EventEnvelope } from '../../domain/events/envelope.ts';
import { evolveLedger } from '../../domain/ledger/evolve.ts';
import { emptyLedger, type LedgerState, type SubmissionEntry } from '../../domain/ledger/state.ts';
import type { FamilyState } from '../../domain/ownership/family.ts';

/** What the fold says only while it goes on. */
interface Seen {
  readonly state: LedgerState;
  /** Data of events by stream: the fold has refused all that say anything else than what it derives. */
  readonly byStream: Map<string, PrismEvent[]>;
  /** Pay that is kept after each epoch. */
  readonly kept: Map<number, Json>;
}

function fold(events: readonly EventEnvelope[], tally: Tally): Seen {
  const seen: Seen = { state: emptyLedger(), byStream: new Map(), kept: new Map() };
  for (const envelope of events) {
    const event = parseEvent(envelope);
    evolveLedger(seen.state, event);
    tallyEvent(event, tally);
    const before = seen.byStream.get(envelope.stream) ?? [];
    before.push(event);
    seen.byStream.set(envelope.stream, before);
    if (event.type === 'EpochClosed') seen.kept.set(event.data.epoch, keptOf(seen.state));
  }
  return seen;
}

function keptOf({ kept }: LedgerState): Json {
  const rows = [...kept].map(([key, ppm]) => {
    const [kind = '', submission = ''] = key.split(' ');
    return { submission, kind, ppm };
  });
  return rows.toSorted((a, b) => (`${a.submission} ${a.kind}` < `${b.submission} ${b.kind}` ? -1 : 1));
}

type Confirmation = DataOf<'ConfirmationCalled'> & {
  readonly [name in 'identical' | 'evidence' | 'gain' | 'hook' | 'valueMicrobits']:
    | DataOf<'SubmissionConfirmed'>[name]
    | null;
};

/** Calls in their order, with what they have shown. */
function confirmationsOf(events: readonly PrismEvent[]): readonly Confirmation[] {
  const confirmed = events.flatMap((event) => (event.type === 'SubmissionConfirmed' ? [event.data] : []));
  const calls = events.flatMap((event) => (event.type === 'ConfirmationCalled' ? [event.data] : []));
  return calls.map((call, at) => {
    const {
      identical = null,
      evidence = null,
      gain = null,
      hook = null,
      valueMicrobits = null,
    } = confirmed[at] ?? {};
    return { ...call, identical, evidence, gain, hook, valueMicrobits };
  });
}

function submissionOf({ id, hotkey, state: { scored } }: SubmissionEntry, events: readonly PrismEvent[]) {
  const shown = scored && {
    architecture: scored.architecture,
    training: scored.training,
    hook: scored.hook,
    total: scored.total,
    scorePpm: scored.scorePpm,
    structure: scored.structure,
  };
  return { id, hotkey, scored: shown, confirmations: confirmationsOf(events) };
}

function familyOf(id: string, family: FamilyState, events: readonly PrismEvent[]) {
  const incumbent = family.variants.at(-1);
  const decisions: object[] = [];
  for (const event of events) {
    if (event.type === 'ArchitectureClaimDecided') decisions.push({ ...event.data, claim: 'architecture' });
    if (event.type === 'TrainingClaimDecided') decisions.push({ ...event.data, claim: 'training' });
  }
  return {
    id,
    discoverer: family.discovery?.submission ?? null,
    valueMicrobits: incumbent?.valueMicrobits ?? family.discovery?.valueMicrobits ?? 0,
    standingMicrobits: incumbent?.standingMicrobits ?? 0,
    challenges: family.challenges,
    variants: family.variants,
    decisions,
    holds: [...family.holds.values()],
  };
}

/** The canonical JSON of one ledger. What there is to compare is counted in `tally`. */
export function expectedOf(events: readonly EventEnvelope[], tally: Tally = new Map()): string {
  const { state, byStream, kept } = fold(events, tally);
  const families = [...state.families].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return canonicalText({
    ledger: state.id,
    submissions: [...state.submissions.values()].map((entry) =>
      submissionOf(entry, byStream.get(`submission-${entry.id}`) ?? []),
    ),
    families: families.map(([id, family]) => familyOf(id, family, byStream.get(`family-${id}`) ?? [])),
    epochs: [...state.epochs].map(([epoch, { weights }]) => ({ ...weights, kept: kept.get(epoch) ?? [] })),
  });
}

/** How often something was there. */
export type Tally = Map<string, number>;

const STRUCTURES = new Map([
  [true, 'one'],
  [false, 'another'],
  [null, 'no known'],
]);

const HOLDS = { admit: 'admitted', refuse: 'refused', expired: 'expired' } as const;

function tallyEvent(event: PrismEvent, tally: Tally): void {
  const add = (what: string, count = 1) => tally.set(what, (tally.get(what) ?? 0) + count);
  switch (event.type) {
    case 'SubmissionScored':
      add('scores');
      break;
    case 'SubmissionConfirmed':
      add(`confirmations of ${event.data.claim === 'training' ? 'a training' : 'an architecture'}`);
      break;
    case 'ArchitectureClaimHeld':
      add('holds open');
      add(`holds of ${STRUCTURES.get(event.data.sameStructure)} structure`);
      break;
    case 'HoldResolved':
    case 'HoldExpired':
      add('holds open', -1);
      add(`holds ${HOLDS[event.type === 'HoldExpired' ? 'expired' : event.data.outcome]}`);
      break;
    case 'TrainingClaimDecided':
      if (event.data.challenge > 0) add('challenges');
      add(`claims: ${event.type} ${event.data.outcome}`);
      break;
    case 'ArchitectureClaimDecided':
      add(`claims: ${event.type} ${event.data.outcome}`);
      break;
    case 'WeightsDerived':
      add('epochs closed');
      add('items paid', event.data.items.filter(({ ppm }) => ppm > 0).length);
      add('items kept', event.data.items.filter(({ keptPpm }) => keptPpm > 0).length);
      add('items released', event.data.items.filter(({ releasedPpm }) => releasedPpm > 0).length);
      break;
    default:
  }
}
