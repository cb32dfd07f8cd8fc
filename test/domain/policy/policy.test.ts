import { describe, expect, test } from '@jest/globals';
import { canonicalText } from '../../../domain/events/canonical.ts';
import { defaultPolicy } from '../../../domain/policy/default.ts';
import { hotkeySchema, policySchema } from '../../../domain/policy/policy.ts';
import { officialPolicy } from '../../../domain/policy/profiles.ts';

const { plan, work, weights } = defaultPolicy;

const withRuns = (maximumRuns: number) => ({
  ...defaultPolicy.ownership,
  confirmation: { ...defaultPolicy.ownership.confirmation, maximumRuns },
});

/** Every ladder on all seeds. */
const longLadders = officialPolicy.plan.ladders.map((ladder) => ({ ...ladder, seeds: 16 }));

test('the default policy is valid, and all of it can be written to a ledger', () => {
  expect(policySchema.parse(defaultPolicy)).toEqual(defaultPolicy);
  expect(canonicalText(defaultPolicy).length).toBeGreaterThan(100);
});

describe('a policy is refused', () => {
  test.each([
    ['with an unknown key', { ...defaultPolicy, colour: 'red' }, ''],
    ['with an unknown key in a part', { ...defaultPolicy, work: { ...work, retries: 3 } }, 'work'],
    ['without a part', { ...defaultPolicy, scoring: undefined }, 'scoring'],
    [
      'with pools above the whole',
      { ...defaultPolicy, weights: { ...weights, trainingPoolPpm: 400_001 } },
      'weights',
    ],
    [
      'with a fraction',
      { ...defaultPolicy, weights: { ...weights, pricePpmPerBit: 0.5 } },
      'weights.pricePpmPerBit',
    ],
    [
      'with a negative price',
      { ...defaultPolicy, weights: { ...weights, pricePpmPerBit: -1 } },
      'weights.pricePpmPerBit',
    ],
    [
      'without attempts',
      { ...defaultPolicy, work: { ...work, evaluationAttempts: 0 } },
      'work.evaluationAttempts',
    ],
    ['with a lease below a second', { ...defaultPolicy, work: { ...work, leaseMs: 999 } }, 'work.leaseMs'],
    [
      'with a burn hotkey that has a space',
      { ...defaultPolicy, weights: { ...weights, burnHotkey: 'a b' } },
      'weights.burnHotkey',
    ],
    [
      'with checkpoints that go back',
      {
        ...defaultPolicy,
        plan: {
          ...plan,
          checkpoints: [
            { step: 300, windows: 1 },
            { step: 300, windows: 1 },
          ],
        },
      },
      'plan.checkpoints.1.step',
    ],
    [
      'with more fresh seeds than an event lists',
      { ...defaultPolicy, ownership: withRuns(65) },
      'ownership.confirmation.maximumRuns',
    ],
    [
      'with more runs of a confirmation than an event lists',
      { ...officialPolicy, ownership: withRuns(64), plan: { ...officialPolicy.plan, ladders: longLadders } },
      'ownership.confirmation.maximumRuns',
    ],
    [
      'with more runs of an evaluation than an event lists',
      { ...officialPolicy, plan: { ...officialPolicy.plan, seeds: 16, ladders: longLadders } },
      'plan',
    ],
    ['that ends before its plan', { ...defaultPolicy, plan: { ...plan, steps: 301 } }, 'plan.checkpoints'],
  ])('%s, which it names', (_name, policy, path) => {
    const parsed = policySchema.safeParse(policy);
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});

test('pools may be the whole exactly', () => {
  const { architecturePoolPpm, trainingPoolPpm } = policySchema.parse(defaultPolicy).weights;
  expect(architecturePoolPpm + trainingPoolPpm).toBe(1_000_000);
});

test('a hotkey is printable ASCII without spaces', () => {
  expect(hotkeySchema.safeParse('5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY').success).toBe(true);
  for (const bad of ['', ' ', 'a b', 'a\n', 'é', 'a'.repeat(129)])
    expect(hotkeySchema.safeParse(bad).success).toBe(false);
});
