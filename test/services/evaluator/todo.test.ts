import { describe, expect, test } from '@jest/globals';
import { streamOf } from '../../../domain/events/ids.ts';
import { addMs } from '../../../domain/events/time.ts';
import { evaluatorTodo } from '../../../services/evaluator/todo.ts';
import { advance, handOver, openLedger, type Script, smallPolicy, startedOf } from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';

const gpt: Script = { hotkey: 'A', kind: 'full', architecture: 'gpt', gain: 300_000 };
const LEASE = '2026-01-02T00:00:00.000Z';
const after = addMs(LEASE, smallPolicy.work.clockSkewMs + 1);

const todo = (builder: LedgerBuilder, now = LEASE, worker = 'other', active: readonly string[] = []) =>
  evaluatorTodo(builder.state, now, worker, new Set(active)).map(
    ({ type, entry }) => `${type} ${entry.hotkey}`,
  );

describe('what waits for an evaluator', () => {
  test('is what is reviewed or planned, by admission', () => {
    const builder = openLedger();
    const scripts = ['A', 'B', 'C', 'D'].map((hotkey) => ({ ...gpt, hotkey, architecture: hotkey }));
    for (const [index, script] of scripts.entries()) handOver(builder, script, index);
    const fates = ['received-only', 'planned-only', 'rejected-in-review', 'reviewed-only'] as const;
    for (const [index, fate] of fates.entries())
      advance(
        builder,
        { ...gpt, hotkey: 'ABCD'[index] ?? '', architecture: 'ABCD'[index] ?? '', fate },
        index,
      );
    expect(todo(builder)).toEqual(['evaluate B', 'evaluate D']);
  });

  test('does not include a recipe whose family is not decided yet', () => {
    const builder = openLedger();
    const recipe: Script = { ...gpt, hotkey: 'B', kind: 'training_for_arch' };
    handOver(builder, gpt, 0);
    handOver(builder, recipe, 1);
    advance(builder, recipe, 1);
    expect(todo(builder)).toEqual([]);
    advance(builder, gpt, 0);
    builder.settle();
    // It is called to its confirmation first.
    expect(todo(builder)).toEqual(['evaluate A']);
    advance(builder, gpt, 0);
    builder.settle();
    expect(todo(builder)).toContain('evaluate B');
  });

  test('starts with leases that may be lapsed: those that ran out, and its own of an earlier life', () => {
    const builder = openLedger();
    const other = { ...gpt, hotkey: 'B', architecture: 'gru' };
    const id = handOver(builder, gpt, 0);
    const second = handOver(builder, other, 1);
    advance(builder, { ...other, fate: 'planned-only' }, 1);
    builder.append(streamOf.submission(second), second, 'test', startedOf(1));
    advance(builder, { ...gpt, fate: 'planned-only' }, 0);
    expect(todo(builder)).toEqual(['evaluate A']);
    expect(todo(builder, after)).toEqual(['lapse B', 'evaluate A']);
    expect(todo(builder, LEASE, 'worker')).toEqual(['lapse B', 'evaluate A']);
    // What this very process is at is neither.
    expect(todo(builder, after, 'worker', [second])).toEqual(['evaluate A']);
    expect(todo(builder, LEASE, 'other', [id])).toEqual([]);
  });
});
