/**
 * Whatever crashes, gets lost, comes twice or comes late, the outcome is that of the undisturbed run. `npm run sim -- --seed N` shows the
 * whole history of a seed that fails here.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Decided } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import { familyOf } from '../../domain/ledger/claimants.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import { decideArchitecture } from '../../domain/ownership/claims.ts';
import { emptyFamily } from '../../domain/ownership/family.ts';
import type { LedgerClient } from '../../services/runtime/ledger-client.ts';
import { scorer } from '../../services/scorer/service.ts';
import { MASTER } from '../support/randomness.ts';
import { ALL_FAULTS, NO_FAULTS } from './life.ts';
import { type Handover, handovers } from './scenario.ts';
import { type Outcome, type Sabotage, simulate } from './simulate.ts';

const SEEDS = 30;
const CHUNK = 10;
/** For a chunk, on a machine that is busy with other tests. */
const TIMEOUT_MS = 600_000;

let all: readonly Handover[];
let undisturbed: Outcome;
beforeAll(async () => {
  all = await handovers();
  undisturbed = await simulate(0, NO_FAULTS, all);
}, TIMEOUT_MS);

const seedsFrom = (first: number): number[] => Array.from({ length: CHUNK }, (_, i) => first + i);
const chunks = Array.from({ length: SEEDS / CHUNK }, (_, i) => 1 + i * CHUNK);

describe('under all faults at once', () => {
  const seen = { histories: 0, crashes: 0, lost: 0, lapsed: 0, faulted: 0, renewed: 0 };

  test.each(chunks)(
    'the outcome is that of the undisturbed run: ten seeds from %i',
    async (first) => {
      for (const seed of seedsFrom(first)) {
        const reproduce = `npm run sim -- --seed ${seed}`;
        const { digest, outcome, crashes, trace } = await simulate(seed, ALL_FAULTS, all).catch(
          (cause: unknown) => {
            throw new Error(`a service broke; reproduce with ${reproduce}`, { cause });
          },
        );
        // The digest is what counts; the outcome says where two runs differ.
        if (digest !== undisturbed.digest)
          expect({ reproduce, outcome }).toEqual({ reproduce, outcome: undisturbed.outcome });
        const count = (part: string) => trace.filter((line) => line.includes(part)).length;
        seen.histories += 1;
        seen.crashes += crashes;
        seen.lost += count('was not told');
        seen.lapsed += count('EvaluationLapsed');
        seen.faulted += count('Faulted');
        seen.renewed += count('EvaluationRenewed');
      }
    },
    TIMEOUT_MS,
  );

  test('and these were histories of crashes, lost acknowledgements and second attempts', () => {
    for (const [what, times] of Object.entries(seen)) expect([what, times >= SEEDS]).toEqual([what, true]);
  });
});

test('an undisturbed run has no crash, no second attempt and no lost acknowledgement', () => {
  expect(undisturbed.crashes).toBe(0);
  expect(undisturbed.trace.filter((line) => /CRASH|not told|Lapsed/.test(line))).toEqual([]);
  expect(undisturbed.events).toBeGreaterThan(100);
});

test('a seed gives one history', async () => {
  const [one, two] = [await simulate(3, ALL_FAULTS, all), await simulate(3, ALL_FAULTS, all)];
  expect(two.trace).toEqual(one.trace);
});

test(
  'an evaluator that has another secret than the ledger commits to draws nothing, and the other one does its work',
  async () => {
    const wrong = Buffer.concat([MASTER, Buffer.from('b')]);
    const masterOf = (worker: string) => (worker === 'worker-b' ? wrong : MASTER);
    const { digest } = await simulate(5, ALL_FAULTS, all, { masterOf });
    expect(digest).toBe(undisturbed.digest);
  },
  TIMEOUT_MS,
);

describe('a service that is broken on purpose is noticed', () => {
  /** What becomes of the first seeds, as `same`, `other` or the failure. */
  async function verdicts(sabotage: Sabotage): Promise<readonly string[]> {
    const found: string[] = [];
    for (const seed of seedsFrom(1).slice(0, 4)) {
      const verdict = await simulate(seed, ALL_FAULTS, all, sabotage).then(
        ({ digest }) => (digest === undisturbed.digest ? 'same' : 'other'),
        (error: unknown) => String(error),
      );
      found.push(verdict);
    }
    return found;
  }

  test(
    'where claims are settled without waiting for earlier ones',
    async () => {
      const found = await verdicts({ scorer: impatientScorer });
      expect(found.join('\n')).toContain('does not follow from the log up to its basis');
    },
    TIMEOUT_MS,
  );
});

/** Settles the architecture of whatever is scored, whoever was first. */
function impatientScorer(client: LedgerClient): ReturnType<typeof scorer> {
  const patient = scorer(client);
  const open = (state: LedgerState): readonly SubmissionEntry[] =>
    state.pending.filter((entry) => entry.state.scored !== null && claimOf(state, entry) !== null);
  return {
    ...patient,
    todo: (state, now) => [
      ...patient.todo(state, now),
      ...open(state).map(({ id }) => ({ type: 'expired', family: '', submission: id, basis: '' }) as const),
    ],
    async handle(item) {
      const entry = item.type === 'expired' ? client.state.submissions.get(item.submission) : undefined;
      const family = entry === undefined ? null : familyOf(client.ledger, entry);
      if (item.type !== 'expired' || item.family !== '' || entry === undefined || family === null)
        return patient.handle(item);
      const stream = streamOf.family(family);
      const writing = {
        stream,
        actor: 'impatient',
        correlationId: entry.id,
        cause: entry.lastEventId,
        step: 'claim',
        attempt: 1,
      };
      await client.commit(writing, (state) => {
        const claim = claimOf(state, entry);
        return claim === null ? [] : [claim];
      });
    },
  };
}

/** The claim to an architecture that is not decided yet, decided on the spot. */
function claimOf(state: LedgerState, entry: SubmissionEntry): Decided | null {
  const { scored, reviewed } = entry.state;
  const family = state.id === null ? null : familyOf(state.id, entry);
  const digest = reviewed?.architecture?.digest;
  if (!scored || !family || !digest || entry.state.admitted?.layout.kind === 'training_for_arch') return null;
  const present = state.families.get(family) ?? emptyFamily;
  if (present.architectureDecided.has(entry.id)) return null;
  const claim = {
    basis: entry.lastEventId,
    submission: entry.id,
    hotkey: entry.hotkey,
    digest,
    gain: scored.architecture,
    confirmed: entry.state.confirmed.find(({ claim }) => claim === 'architecture') ?? null,
  };
  const step = decideArchitecture(claim, present, null, entry.receivedTime, entry.policy);
  return step === 'confirm' ? null : step;
}
