/** The numbers that documents work out are what the code computes from the numbers that they start from. */
import { describe, expect, test } from '@jest/globals';
import { bytesRevealedAt } from '../../domain/evaluation/curve.ts';
import { sha256 } from '../../domain/events/canonical.ts';
import type { DataOf } from '../../domain/events/catalogue.ts';
import { decideArchitecture, decideTraining } from '../../domain/ownership/claims.ts';
import { emptyFamily, evolveFamily, type FamilyState } from '../../domain/ownership/family.ts';
import { defaultPolicy } from '../../domain/policy/default.ts';
import type { Gain } from '../../domain/scoring/gain.ts';
import { figureOf, gainOf } from '../../domain/scoring/gains.ts';
import { scorePpm } from '../../domain/scoring/score.ts';
import { weightsOf } from '../../domain/weights/weights.ts';
import { microbitsIn, numberIn, read, tableRows } from './markdown.ts';

const { plan, scoring, weights } = defaultPolicy;

describe('docs/evaluation.md', () => {
  const text = read('docs/evaluation.md');

  test('figures of curves', () => {
    const rows = tableRows(text, 'curves');
    const [reference, own] = [1, 2].map((column) => rows.map((row) => row[column] ?? ''));
    const steps = rows.map(([step]) => numberIn(step));
    expect(steps).toEqual(plan.checkpoints.map(({ step }) => step));
    const curve = (losses: readonly string[] = []) =>
      steps.map((step, at) => ({
        step,
        bytesRevealed: bytesRevealedAt(plan, step),
        lossMicrobits: microbitsIn(losses[at]),
      }));
    const told = tableRows(text, 'figures').map(([, figure]) => microbitsIn(figure));
    expect([figureOf(curve(reference)), figureOf(curve(own))]).toEqual(told);
  });

  test('a gain and its score', () => {
    const differences = tableRows(text, 'differences').map(([, difference]) => microbitsIn(difference));
    const gain = gainOf(differences, scoring);
    const [told] = tableRows(text, 'gain');
    expect([gain.meanMicrobits, gain.standardErrorMicrobits, gain.lowerMicrobits, scorePpm(gain)]).toEqual([
      microbitsIn(told?.[0]),
      microbitsIn(told?.[1]),
      microbitsIn(told?.[2]),
      numberIn(told?.[3]),
    ]);
  });
});

describe('docs/ownership.md', () => {
  const rows = tableRows(read('docs/ownership.md'), 'claims');

  test('claims in the order of receipt', () => {
    const families = new Map<string, FamilyState>();
    const decided = rows.map(([, who = '', what = '', family = '', code = '', mean, error]) => {
      const state = families.get(family) ?? emptyFamily;
      const claim = {
        basis: '00000000-0000-5000-8000-000000000000',
        submission: `submission of ${who}`,
        hotkey: who,
        digest: sha256(code),
        gain: told(mean, error),
      };
      const time = '2026-01-01T00:00:00.000Z';
      const result =
        what === 'architecture'
          ? decideArchitecture(claim, state, null, time, defaultPolicy)
          : decideTraining(claim, state, defaultPolicy);
      families.set(family, evolveFamily(state, eventOf(result)));
      return result.data;
    });
    expect(decided).toEqual(
      rows.map((row) =>
        expect.objectContaining({
          thresholdMicrobits: microbitsIn(row[7]),
          outcome: row[8]?.replaceAll('`', ''),
        }),
      ),
    );
  });
});

function told(mean: string | undefined, error: string | undefined): Gain {
  const [meanMicrobits, standardErrorMicrobits] = [microbitsIn(mean), microbitsIn(error)];
  const margin = (standardErrorMicrobits * scoring.confidenceMilliZ) / 1_000;
  return { n: plan.seeds, meanMicrobits, standardErrorMicrobits, lowerMicrobits: meanMicrobits - margin };
}

function eventOf(decided: ReturnType<typeof decideTraining>): Parameters<typeof evolveFamily>[1] {
  const id = '00000000-0000-5000-8000-000000000001';
  const meta = { correlationId: id, causationId: null, actor: 'test' };
  const envelope = {
    id,
    version: 1,
    stream: 'family-1',
    revision: 0,
    time: '2026-01-01T00:00:00.000Z',
    meta,
  };
  if (decided.type === 'ArchitectureClaimDecided')
    return { ...envelope, type: decided.type, data: decided.data };
  if (decided.type === 'TrainingClaimDecided') return { ...envelope, type: decided.type, data: decided.data };
  throw new Error(`the example has no ${decided.type}`);
}

describe('docs/weights.md', () => {
  const text = read('docs/weights.md');
  const owned = tableRows(text, 'owned').map(([what, who = '', order, lower]) => ({
    what,
    hotkey: who,
    order: numberIn(order),
    lowerMicrobits: microbitsIn(lower),
  }));
  const of = (what: string) => owned.filter((one) => one.what === what);
  const derived: DataOf<'WeightsDerived'> = weightsOf(1, '', of('architecture'), of('training'), {
    ...weights,
    burnHotkey: 'burn',
  });

  test('the worked example', () => {
    const paid = [
      ...derived.shares.map((share) => [share.hotkey, share.architecturePpm, share.trainingPpm, share.units]),
      ['burn', 0, 0, derived.burn.units],
    ];
    expect(
      tableRows(text, 'paid').map(([who, architecture, training, units]) => [
        who,
        numberIn(architecture),
        numberIn(training),
        numberIn(units),
      ]),
    ).toEqual(paid);
  });
});
