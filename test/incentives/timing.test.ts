/** Holds and closes as weapons: holding up a rival, deciding one's own case, having things decided just before an epoch closes. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { streamOf } from '../../domain/events/ids.ts';
import {
  closeEpoch,
  familyOfName,
  finish,
  handOver,
  idOf,
  openLedger,
  type Script,
} from '../support/history.ts';
import type { LedgerBuilder } from '../support/ledger-builder.ts';
import { Figures, idea, outcomes, paying, sum } from './support.ts';

const figures = new Figures('holds and closes (pay in ppm of an epoch)');
afterAll(() => figures.print());

const DAY = 86_400_000;

/** Total pay of each hotkey over all closed epochs. */
function paidInAll(builder: LedgerBuilder): ReadonlyMap<string, number> {
  const paid = new Map<string, number>();
  for (const { weights } of builder.state.epochs.values()) {
    for (const { hotkey, architecturePpm, trainingPpm } of weights?.shares ?? [])
      paid.set(hotkey, (paid.get(hotkey) ?? 0) + architecturePpm + trainingPpm);
  }
  return paid;
}

/** Tells `scripts` one after another right after an epoch has begun, then closes so many epochs of two days. */
function longHistory(
  scripts: readonly Script[],
  epochs: number,
  onDay: (builder: LedgerBuilder, day: number) => void,
): LedgerBuilder {
  const builder = closeEpoch(
    openLedger({ ...paying, ownership: { ...paying.ownership, holdMs: 11 * DAY } }),
  ).settle();
  for (const [index, script] of scripts.entries()) handOver(builder, script, index);
  for (const [index, script] of scripts.entries()) finish(builder, script, index, scripts);
  for (let day = 1; day <= epochs * 2; day += 1) {
    builder.wait(DAY);
    onDay(builder, day);
    for (const [index, script] of scripts.entries()) finish(builder, script, index, scripts);
    if (day % 2 === 0) closeEpoch(builder).settle();
  }
  return builder;
}

function end(
  builder: LedgerBuilder,
  name: string,
  submission: string,
  outcome: 'admit' | 'refuse' | 'expired',
): void {
  const data = { submission };
  builder
    .append(
      streamOf.family(familyOfName(builder.ledger, name)),
      submission,
      'operator:test',
      outcome === 'expired'
        ? { type: 'HoldExpired', data }
        : {
            type: 'HoldResolved',
            data: { ...data, outcome, resolver: 'operator:test', reason: 'another idea' },
          },
    )
    .settle();
}

describe('hold a rival', () => {
  const holder = idea('holder', 'old', { gain: 100_000, recipeGain: 10_000 });
  const sketch = [...(holder.sketch ?? []).slice(0, 30), 7, 8];
  const rival = (held: boolean): Script =>
    idea('rival', 'new', { gain: 200_000, recipeGain: 50_000, ...(held ? { sketch } : {}) });
  /** What somebody has who could do as well, but came later: worth nothing beside the rival's. */
  const second = idea('second', 'late', { gain: 240_000, kind: 'architecture_only' });

  const told = (held: boolean, days: number) =>
    longHistory([holder, rival(held), second], 20, (builder, day) => {
      if (!held || day !== days) return;
      end(builder, 'new', idOf(builder.ledger, rival(held), 1), days === 11 ? 'expired' : 'admit');
    });
  const free = paidInAll(told(false, 0));

  test.each([1, 5, 11])(
    'for %d days: nobody gains, and the rival is paid what it would have been',
    (days) => {
      const builder = told(true, days);
      expect(outcomes(builder, 'ArchitectureClaimHeld')).toEqual(['rival']);
      expect(outcomes(builder, 'ArchitectureClaimDecided')).toContain('rival discovered');
      const paid = paidInAll(builder);
      figures.add(
        `rival held ${days} of 40 days: holder / rival / second (not held)`,
        ['holder', 'rival', 'second']
          .map((who) => `${paid.get(who) ?? 0} (${free.get(who) ?? 0})`)
          .join(' / '),
      );
      // Clocks differ by the seconds that the events of a hold take.
      expect(paid.get('holder') ?? 0).toBeLessThanOrEqual((free.get('holder') ?? 0) + 5);
      expect(paid.get('second') ?? 0).toBeLessThanOrEqual((free.get('second') ?? 0) + 5);
      const [own, without] = [paid.get('rival') ?? 0, free.get('rival') ?? 0];
      expect(Math.abs(own - without)).toBeLessThan(without / 1_000);
    },
  );

  test('who is refused in the end is paid nothing of what was kept, for the recipe neither', () => {
    const builder = longHistory([holder, rival(true)], 10, (own, day) => {
      if (day === 7) end(own, 'new', idOf(own.ledger, rival(true), 1), 'refuse');
    });
    const kept = [...builder.state.epochs.values()].flatMap(({ weights }) => weights?.items ?? []);
    expect(
      kept.filter(({ hotkey, keptPpm }) => hotkey === 'rival' && keptPpm > 0).map(({ kind }) => kind),
    ).toContain('training');
    expect(paidInAll(builder).has('rival')).toBe(false);
    expect(builder.state.kept).toEqual(new Map());
  });

  test('with ten families that all look like it: one hold, not ten', () => {
    const shelf = Array.from({ length: 10 }, (_, at) => ({
      ...holder,
      architecture: `old ${at}`,
      training: `t${at}`,
      gain: 100_000 + 10_000 * at,
    }));
    const builder = longHistory([...shelf, { ...rival(true) }], 1, (own, day) => {
      if (day === 1) end(own, 'new', idOf(own.ledger, rival(true), 10), 'admit');
    });
    expect(outcomes(builder, 'ArchitectureClaimHeld')).toEqual(['rival']);
    expect(outcomes(builder, 'ArchitectureClaimDecided')).toContain('rival discovered');
  });
});

describe("resolve one's own case", () => {
  const near = idea('near', 'old', { gain: 100_000 });
  const claimant = idea('claimant', 'new', {
    gain: 200_000,
    sketch: [...(near.sketch ?? []).slice(0, 30), 7, 8],
  });
  const held = () => {
    const builder = openLedger(paying);
    for (const [index, script] of [near, claimant].entries()) handOver(builder, script, index);
    for (const [index, script] of [near, claimant].entries())
      finish(builder, script, index, [near, claimant]);
    return builder;
  };
  const resolve = (builder: LedgerBuilder, resolver: string, outcome: 'admit' | 'refuse') => {
    const submission = idOf(builder.ledger, claimant, 1);
    return builder.append(streamOf.family(familyOfName(builder.ledger, 'new')), submission, 'operator:test', {
      type: 'HoldResolved',
      data: { submission, outcome, resolver, reason: 'said so' },
    });
  };

  test.each(['admit', 'refuse'] as const)('%s: neither party can, anybody else can', (outcome) => {
    for (const party of ['near', 'claimant']) {
      expect(() => resolve(held(), party, outcome)).toThrow(`${party} is a party to the hold`);
    }
    const decided = outcomes(resolve(held(), 'somebody', outcome).settle(), 'ArchitectureClaimDecided');
    expect(decided).toEqual([
      'near discovered',
      `claimant ${outcome === 'admit' ? 'discovered' : 'refused'}`,
    ]);
  });

  test('nor can it be decided twice', () => {
    const builder = resolve(held(), 'somebody', 'refuse');
    expect(() => resolve(builder, 'somebody else', 'admit')).toThrow('resolver');
    expect(() => resolve(builder, 'another', 'admit')).toThrow('is resolved');
  });

  test('by a name that is none', () => {
    expect(() => resolve(held(), '', 'admit')).toThrow('resolver');
  });
});

describe("snipe an epoch's close", () => {
  const maker = idea('maker', 'idea', { gain: 300_000, recipeGain: 50_000 });
  /** Handed over and decided so many days into the first of three epochs of ten days. */
  const after = (days: number) => {
    const builder = closeEpoch(openLedger(paying)).settle();
    builder.wait(days * DAY);
    handOver(builder, maker, 0);
    finish(builder, maker, 0);
    builder.wait((10 - days) * DAY);
    closeEpoch(builder).settle();
    for (let epoch = 0; epoch < 2; epoch += 1) {
      builder.wait(10 * DAY);
      closeEpoch(builder).settle();
    }
    return [...builder.state.epochs.values()]
      .slice(1)
      .map(({ weights }) =>
        sum((weights?.shares ?? []).map(({ architecturePpm, trainingPpm }) => architecturePpm + trainingPpm)),
      );
  };

  test('pays the part of the epoch that is left, and nothing more later', () => {
    const pays = [0, 2, 5, 9, 9.99].map((days) => ({ days, pay: after(days) }));
    const full = pays[0]?.pay[1] ?? 0;
    expect(full).toBe(103_800);
    for (const { days, pay } of pays) {
      figures.add(`decided ${days} days into ten: this epoch, the next two`, pay.join(', '));
      const [first = 0, ...rest] = pay;
      // Events take a second each, by which the epoch is longer.
      expect(first).toBeLessThan(full * (1 - days / 10) + 5);
      expect(first).toBeGreaterThan(full * (1 - days / 10) - 20);
      expect(rest).toEqual([full, full]);
    }
  });
});
