/** Seeds in the ledger: what has to follow from what, and when it is found out. */
import { describe, expect, test } from '@jest/globals';
import type { DataOf } from '../../../domain/events/catalogue.ts';
import { epochCorrelation, streamOf } from '../../../domain/events/ids.ts';
import { epochSecret } from '../../../domain/randomness/seeds.ts';
import { countSeeds } from '../../../projections/seeds.ts';
import { advance, closeEpoch, handOver, idOf, openLedger, type Script, tell } from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';
import { closing, epochClosed, MASTER } from '../../support/randomness.ts';

const gpt: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt', gain: 300_000 };

function plannedWith(change: (data: DataOf<'EvaluationPlanned'>) => Partial<DataOf<'EvaluationPlanned'>>) {
  const planned = tell([gpt]).events.find((event) => event.type === 'EvaluationPlanned')?.data;
  if (planned === undefined) throw new Error('it is planned');
  const builder = openLedger();
  handOver(builder, gpt, 0);
  advance(builder, { ...gpt, fate: 'reviewed-only' }, 0);
  const id = idOf(builder.ledger, gpt, 0);
  const data = planned as DataOf<'EvaluationPlanned'>;
  return () =>
    builder.append(streamOf.submission(id), id, 'service:test', {
      type: 'EvaluationPlanned',
      data: { ...data, ...change(data) },
    });
}

function onEpoch(builder: LedgerBuilder, epoch: number, ...events: ReturnType<typeof closing>) {
  return builder.append(
    streamOf.epoch(epoch),
    epochCorrelation(builder.ledger, epoch),
    'operator:test',
    ...events,
  );
}

const wrongSeed = 'f'.repeat(64);

describe('a plan', () => {
  test('has to draw from the commitment of the epoch in which it was received', () => {
    expect(plannedWith(() => ({}))).not.toThrow();
    const other = { kind: 'committed', epoch: 2, commitment: '0'.repeat(64) } as const;
    expect(plannedWith(() => ({ randomness: other }))).toThrow(/the rule names the secret of epoch 1/);
    const block = { kind: 'block', chain: '0'.repeat(64), height: 1, value: '1'.repeat(64) } as const;
    expect(plannedWith(() => ({ randomness: block }))).toThrow(/the rule names the secret of epoch 1/);
  });
});

describe('a reveal', () => {
  test('makes the seeds of its epoch checked; before it they are committed', () => {
    const before = tell([gpt]);
    expect(countSeeds(before.state)).toEqual({
      checked: 0,
      'committed, unchecked': 1,
      'block, unchecked': 0,
    });
    expect(countSeeds(closeEpoch(before).settle().state)).toMatchObject({
      checked: 1,
      'committed, unchecked': 0,
    });
  });

  test('of another secret than was committed to is refused', () => {
    const secret = epochSecret(MASTER, 7);
    const builder = onEpoch(tell([gpt]), 1, epochClosed(1));
    expect(() => onEpoch(builder, 1, { type: 'SeedRevealed', data: { epoch: 1, secret } })).toThrow(
      /does not hash to its commitment/,
    );
  });

  test('that shows seeds to be others than were drawn is refused', () => {
    const lie = plannedWith(() => ({ seeds: [wrongSeed] }))();
    expect(() => onEpoch(lie, 1, ...closing(1))).toThrow(/seed 0 is f+/);
  });

  test('comes once, and not before its epoch is closed', () => {
    const [, revealed] = closing(1);
    if (revealed === undefined) throw new Error('a closing reveals');
    expect(() => onEpoch(tell([gpt]), 1, revealed)).toThrow(/epoch 1 is not closed/);
    const closed = onEpoch(tell([gpt]), 1, ...closing(1));
    expect(() => onEpoch(closed, 1, revealed)).toThrow(/is revealed/);
  });

  test('that is withheld keeps the next epoch open', () => {
    const withheld = onEpoch(tell([gpt]), 1, epochClosed(1)).settle();
    expect(() => onEpoch(withheld, 2, epochClosed(2))).toThrow(/secret of epoch 1 is not revealed/);
  });
});

test('what is received after a close belongs to the next epoch, under its commitment', () => {
  const builder = openLedger();
  closeEpoch(builder).settle();
  handOver(builder, gpt, 0);
  advance(builder, gpt, 0);
  const entry = builder.state.submissions.get(idOf(builder.ledger, gpt, 0));
  expect(entry?.epoch).toBe(2);
  expect(entry?.state.plan?.randomness).toMatchObject({ kind: 'committed', epoch: 2 });
});
