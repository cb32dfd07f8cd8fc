/**
 * Withdrawing, resubmitting, timing out and crashing on purpose, at every step: who owns what, at which score and pay, stays the same. What
 * `domain/ledger/order.test.ts` shows of any order of events, and the simulation of crashes around every call, is here looked at as an attack.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Decided } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import { isSettled } from '../../domain/ledger/claimants.ts';
import { outcomeDigest } from '../../domain/ledger/outcome.ts';
import { outstandingRuns } from '../../domain/submission/state.ts';
import {
  type Choice,
  closeEpoch,
  type Fate,
  handOver,
  measuredOf,
  openLedger,
  plannedOf,
  reviewedOf,
  type Script,
  startedOf,
  tell,
} from '../support/history.ts';
import type { LedgerBuilder } from '../support/ledger-builder.ts';
import { seededRandom } from '../support/random.ts';
import { Figures, idea, noisy, outcomes, paidFor, paying, payOf } from './support.ts';

const figures = new Figures('disturbances (pay in ppm of an epoch)');
afterAll(() => figures.print());

const maker = idea('maker', 'idea', { gain: 100_000, recipeGain: 30_000, also: noisy('maker') });
const rival = idea('rival', 'idea', { gain: 100_000, recipeGain: 90_000, also: noisy('rival') });

/** How an attempt is broken off. */
type Break = 'silent' | 'fault';

/** The next event of a submission's life by itself; null where there is none. */
function nextOf(builder: LedgerBuilder, script: Script, id: string, beside: Script): Decided | null {
  const entry = builder.state.submissions.get(id);
  if (entry === undefined) throw new Error('it was not handed over');
  const { state } = entry;
  if (state.phase === 'admitted') return { type: 'SubmissionReviewed', data: reviewedOf(script) };
  if (state.phase === 'reviewed') return plannedOf(builder.state, entry);
  if (state.phase !== 'planned' && state.phase !== 'confirming') return null;
  if (state.open === null) return startedOf(state.attempts + 1);
  const [run] = outstandingRuns(state);
  if (run === undefined) return null;
  const { attempt, token } = state.open;
  const measured = measuredOf(run, script, entry.policy, state.called === null ? script : beside);
  return { type: 'RunMeasured', data: { ...measured, attempt, token } };
}

/** Breaks off what is under way; null where nothing is. */
function broken(builder: LedgerBuilder, id: string, how: Break): Decided | null {
  const state = builder.state.submissions.get(id)?.state;
  if (state === undefined) return null;
  const reason = 'broken off on purpose';
  if (state.phase === 'admitted')
    return { type: 'ReviewFaulted', data: { attempt: state.reviewFaults + 1, reason } };
  if (state.open === null) return null;
  const { attempt, token } = state.open;
  return {
    type: how === 'fault' ? 'EvaluationFaulted' : 'EvaluationLapsed',
    data: { attempt, token, reason },
  };
}

interface Told {
  readonly builder: LedgerBuilder;
  /** Steps that the maker has taken. */
  readonly steps: number;
  /** The maker was really broken off. */
  readonly broke: boolean;
}

/** Maker and rival, whose maker is broken off before its step `at`. */
function brokenAt(at: number, how: Break): Told {
  const builder = openLedger(paying);
  const [first, second] = [handOver(builder, maker, 0), handOver(builder, rival, 1)];
  let steps = 0;
  let broke = false;
  const live = (script: Script, id: string, beside: Script) => {
    for (;;) {
      builder.settle();
      const own = id === first;
      const breaking = own && steps === at && !broke ? broken(builder, id, how) : null;
      const next = breaking ?? nextOf(builder, script, id, beside);
      if (next === null) return;
      if (breaking !== null) broke = true;
      else if (own) steps += 1;
      builder.append(streamOf.submission(id), id, 'service:test', next);
    }
  };
  // The rival is ahead wherever it can be.
  live(rival, second, maker);
  live(maker, first, maker);
  live(rival, second, maker);
  for (const entry of builder.state.submissions.values()) expect(isSettled(builder.state, entry)).toBe(true);
  return { builder: closeEpoch(builder).settle(), steps, broke };
}

describe('crash or time out at every step', () => {
  const whole = brokenAt(-1, 'silent');
  const expected = outcomeDigest(whole.builder.state);

  test('as a history, it has an owner and a recipe that was taken by a better one', () => {
    expect(outcomes(whole.builder, 'ArchitectureClaimDecided')).toEqual(['maker discovered', 'rival known']);
    expect(outcomes(whole.builder, 'TrainingClaimDecided')).toEqual(['maker granted', 'rival granted']);
  });

  test.each<Break>(['silent', 'fault'])('%s: the outcome is the same', (how) => {
    let breaks = 0;
    for (let at = 0; at < whole.steps; at += 1) {
      const { builder, broke } = brokenAt(at, how);
      if (broke) breaks += 1;
      expect(outcomeDigest(builder.state)).toBe(expected);
    }
    // All but the steps between attempts.
    expect(breaks).toBeGreaterThan(whole.steps - 8);
    figures.add(`broken off (${how}) at each of ${whole.steps} steps`, `${breaks} times, one outcome`);
  });

  test('both at once, in any order of events', () => {
    const scripts = [
      { ...maker, lapses: 2 },
      { ...rival, lapses: 1 },
      idea('third', 'other', { gain: 60_000, recipeGain: 40_000, lapses: 2, also: noisy('third') }),
    ];
    const digest = (choices: readonly Choice[]) =>
      outcomeDigest(closeEpoch(tell(scripts, { policy: paying, choices })).settle().state);
    const first = digest([]);
    for (let seed = 1; seed <= 15; seed += 1) {
      const random = seededRandom(seed);
      expect(digest(Array.from({ length: 80 }, () => [random.int(40), 1 + random.int(4)] as const))).toBe(
        first,
      );
    }
    figures.add('lapses in any order', '15 of 15 with one outcome');
  });
});

describe('withdraw', () => {
  const pay = paidFor([maker, rival]);

  test.each<Fate>(['rejected-at-intake', 'rejected-in-review', 'abandoned-in-review', 'abandoned'])(
    '%s, before, between or after others: nobody is paid more or less',
    (fate) => {
      const junk = idea('saboteur', 'idea', { gain: 900_000, fate });
      for (let place = 0; place <= 2; place += 1) {
        expect(paidFor([maker, rival].toSpliced(place, 0, junk))).toEqual(pay);
      }
      figures.add(`another that is ${fate} at each place`, 'pay unchanged');
    },
  );
});

describe('resubmit', () => {
  test('what one owns already: paid once, and the same', () => {
    const again = Array.from({ length: 5 }, (_, at) => ({ ...maker, also: noisy(`again ${at}`) }));
    const builder = tell([maker, ...again], { policy: paying });
    expect(outcomes(builder, 'ArchitectureClaimDecided')).toEqual([
      'maker discovered',
      ...again.map(() => 'maker known'),
    ]);
    expect(payOf(builder)).toEqual(paidFor([maker]));
    figures.add('resubmitted 5 times', 'paid once');
  });

  test("another's, until a run is lucky: their recipe stays theirs", () => {
    const copies = Array.from({ length: 20 }, (_, at) => ({
      ...maker,
      hotkey: 'copycat',
      training: `renamed ${at}`,
      also: noisy(`copy ${at}`),
    }));
    const builder = tell([maker, ...copies], { policy: paying });
    expect(outcomes(builder, 'TrainingClaimDecided').filter((one) => one === 'copycat granted')).toEqual([]);
    expect(payOf(builder).of.has('copycat')).toBe(false);
    const challenged = outcomes(builder, 'ConfirmationCalled').length - 2;
    figures.add("another's recipe resubmitted 20 times", `${challenged} challenges, 0 granted`);
    expect(challenged).toBeGreaterThan(3);
  });
});
