import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOOKS, hookUse } from '../../../../domain/evaluation/signals/hook-use.ts';

const unknown = HOOKS.map((hook) => ({ hook, present: null, calls: null }));

test('known record', () => {
  const record = {
    present: ['train_step', 'inference_logits'],
    calls: { train_step: 300, inference_logits: 0, compute_loss: 7 },
  };
  expect(hookUse(record)).toEqual([
    { hook: 'configure_optimizer', present: false, calls: null },
    { hook: 'inference_logits', present: true, calls: 0 },
    { hook: 'infer', present: false, calls: null },
    // Called, so there, whatever the list says.
    { hook: 'compute_loss', present: true, calls: 7 },
    { hook: 'train_step', present: true, calls: 300 },
  ]);
});

test.each([undefined, null, 1, 'train_step', [], {}, { present: 'train_step', calls: [1] }, () => 1])(
  'nothing readable in %p',
  (record) => {
    expect(hookUse(record)).toEqual(unknown);
  },
);

test.each([Number.NaN, Infinity, -1, 0.5, '3', null, {}])('a count of %p is no count', (count) => {
  expect(hookUse({ present: [], calls: { infer: count } })[2]).toEqual({
    hook: 'infer',
    present: false,
    calls: null,
  });
});

test('is one entry per hook of the contract, in order and range, whatever is reported', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.record({ present: fc.anything(), calls: fc.anything() })),
      (record) => {
        const use = hookUse(record);
        expect(use.map(({ hook }) => hook)).toEqual([...HOOKS]);
        for (const { present, calls } of use) {
          expect(present === null || typeof present === 'boolean').toBe(true);
          expect(calls === null || (Number.isSafeInteger(calls) && calls >= 0 && calls <= 1e9)).toBe(true);
        }
      },
    ),
  );
});

test('attack: inherited names, invented hooks, repetitions and floods add nothing', () => {
  const record = {
    present: [...Array<string>(10_000).fill('infer'), 'constructor', 'my_hook'],
    calls: JSON.parse('{"__proto__": {"train_step": 5}, "my_hook": 3, "infer": 9007199254740991}'),
  };
  expect(hookUse(record)).toEqual(
    HOOKS.map((hook) => ({
      hook,
      present: hook === 'infer',
      calls: hook === 'infer' ? 1_000_000_000 : null,
    })),
  );
  expect(hookUse(Object.create({ present: ['infer'], calls: { infer: 1 } }))).toEqual(unknown);
});
