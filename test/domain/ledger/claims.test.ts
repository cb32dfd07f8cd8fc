/** Who gets what, told as small histories. */
import { describe, expect, test } from '@jest/globals';
import type { EventType } from '../../../domain/events/catalogue.ts';
import { streamOf } from '../../../domain/events/ids.ts';
import { owedEvents } from '../../../domain/ledger/evolve.ts';
import {
  advance,
  closeEpoch,
  digestOfName,
  familyOfName,
  handOver,
  idOf,
  openLedger,
  type Script,
  smallPolicy,
  tell,
} from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';
import { baseRun } from '../../support/measurement.ts';

const numbers = (from: number): number[] => Array.from({ length: 16 }, (_, i) => from + i);
const near = [...numbers(0).slice(0, 15), 99];

const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  sketch: numbers(0),
  training: 'a',
  gain: 300_000,
  recipeGain: 50_000,
};

/** What was decided about each submission, as `<hotkey> <outcome>`, in the order of the log. */
function outcomes(builder: LedgerBuilder, type: EventType): readonly string[] {
  return builder.events
    .filter((event) => event.type === type)
    .map(({ data }) => [data.hotkey, data.outcome].filter((part) => part !== undefined).join(' '));
}

const architectures = (builder: LedgerBuilder) => outcomes(builder, 'ArchitectureClaimDecided');
const trainings = (builder: LedgerBuilder) => outcomes(builder, 'TrainingClaimDecided');
const owedTypes = (builder: LedgerBuilder) => owedEvents(builder.state).map(({ decided }) => decided.type);

function lastData(builder: LedgerBuilder, type: EventType) {
  return builder.events.findLast((event) => event.type === type)?.data;
}

describe('an architecture claim', () => {
  test('is discovered by the first that has shown a gain', () => {
    expect(architectures(tell([gpt]))).toEqual(['A discovered']);
  });

  test('is unproven without a gain, and leaves the family to whoever shows one', () => {
    const builder = tell([
      { ...gpt, gain: 21_000 },
      { ...gpt, hotkey: 'B', training: 'b', gain: 21_001 },
    ]);
    // Lower bounds of 20,000 and 20,001: at the threshold is not above it.
    expect(architectures(builder)).toEqual(['A unproven', 'B discovered']);
  });

  test('is known where an earlier one has it, however much better the later one is', () => {
    const builder = tell([gpt, { ...gpt, hotkey: 'B', training: 'b', gain: 900_000 }]);
    expect(architectures(builder)).toEqual(['A discovered', 'B known']);
    expect(lastData(builder, 'ArchitectureClaimDecided')).toMatchObject({
      discoverer: idOf(builder.ledger, gpt, 0),
    });
  });

  test('waits for an earlier submission that is not reviewed, and for a reviewed one that is alike', () => {
    const later = { ...gpt, hotkey: 'B' };
    const other = { ...gpt, architecture: 'gru', sketch: numbers(500) };
    const builder = openLedger();
    handOver(builder, gpt, 0);
    handOver(builder, later, 1);
    advance(builder, later, 1);
    builder.settle();
    expect(architectures(builder)).toEqual([]);
    advance(builder, { ...gpt, fate: 'reviewed-only' }, 0);
    expect(owedTypes(builder)).toEqual([]);

    const unlike = openLedger();
    handOver(unlike, other, 0);
    handOver(unlike, later, 1);
    advance(unlike, later, 1);
    unlike.settle();
    advance(unlike, { ...other, fate: 'reviewed-only' }, 0);
    expect(owedTypes(unlike)).toEqual(['ArchitectureClaimDecided']);
  });

  test.each(['rejected-in-review', 'abandoned-in-review', 'abandoned'] as const)(
    'no longer waits for an earlier one that is %s',
    (fate) => {
      const later = { ...gpt, hotkey: 'B' };
      const builder = openLedger();
      handOver(builder, gpt, 0);
      handOver(builder, later, 1);
      advance(builder, later, 1);
      builder.settle();
      expect(architectures(builder)).toEqual([]);
      advance(builder, { ...gpt, fate }, 0);
      builder.settle();
      expect(architectures(builder)).toEqual(['B discovered']);
    },
  );
});

describe('a near match', () => {
  const like: Script = {
    ...gpt,
    hotkey: 'B',
    architecture: 'near',
    sketch: near,
    training: 'b',
    gain: 900_000,
  };

  test('is held with its evidence, and admitted when the hold expires', () => {
    const builder = tell([gpt, like]);
    expect(lastData(builder, 'ArchitectureClaimHeld')).toMatchObject({
      nearFamily: familyOfName(builder.ledger, 'gpt'),
      nearSubmission: idOf(builder.ledger, gpt, 0),
      similarityPpm: 882_352,
    });
    expect(outcomes(builder, 'HoldExpired')).toHaveLength(1);
    expect(architectures(builder)).toEqual(['A discovered', 'B discovered']);
  });

  test('is admitted or refused by a resolver; refused, it owns nothing, its training neither', () => {
    expect(architectures(tell([gpt, { ...like, resolver: 'admit' }]))).toEqual([
      'A discovered',
      'B discovered',
    ]);
    const refused = tell([gpt, { ...like, resolver: 'refuse' }]);
    expect(architectures(refused)).toEqual(['A discovered', 'B refused']);
    expect(trainings(refused)).toEqual(['A granted', 'B unproven']);
  });

  test('of the same hotkey is a revision and not held', () => {
    const builder = tell([gpt, { ...like, hotkey: 'A' }]);
    expect(outcomes(builder, 'ArchitectureClaimHeld')).toEqual([]);
    expect(architectures(builder)).toEqual(['A discovered', 'A discovered']);
  });

  test('without a gain is unproven and not held', () => {
    expect(architectures(tell([gpt, { ...like, gain: 0 }]))).toEqual(['A discovered', 'B unproven']);
  });

  test('is held against the most alike, and of equals against the earliest', () => {
    const middle = {
      ...gpt,
      hotkey: 'C',
      architecture: 'middle',
      sketch: [...numbers(0).slice(0, 14), 98, 99],
    };
    const builder = tell([gpt, { ...middle, resolver: 'admit', training: 'c' }, like], {
      policy: { ...smallPolicy, ownership: { ...smallPolicy.ownership, nearMatchPpm: 500_000 } },
    });
    // 15 of 17 fingerprints are common with both.
    expect(lastData(builder, 'ArchitectureClaimHeld')).toMatchObject({
      submission: idOf(builder.ledger, like, 2),
      nearSubmission: idOf(builder.ledger, gpt, 0),
    });
  });

  test('is only held against an earlier submission, also where a later policy did not make that one wait', () => {
    const strict = { ...smallPolicy, ownership: { ...smallPolicy.ownership, nearMatchPpm: 990_000 } };
    const builder = openLedger();
    handOver(builder, gpt, 0);
    advance(builder, { ...gpt, fate: 'reviewed-only' }, 0);
    const adopted = { type: 'PolicyAdopted', data: { policy: strict, reason: '' } } as const;
    builder.append(streamOf.policy, builder.ledger, 'operator:test', adopted);
    handOver(builder, like, 1);
    advance(builder, like, 1);
    builder.settle();
    expect(architectures(builder)).toEqual(['B discovered']);
    expect(owedTypes(builder)).toEqual([]);
    advance(builder, gpt, 0);
    builder.settle();
    expect(architectures(builder)).toEqual(['B discovered', 'A discovered']);
  });
});

describe('a training claim', () => {
  const better = (hotkey: string, training: string, recipeGain: number): Script => ({
    ...gpt,
    hotkey,
    kind: 'training_for_arch',
    training,
    recipeGain,
  });

  test('is granted to the first proven recipe, then to whoever beats it by more than the margin', () => {
    const builder = tell([
      gpt,
      better('B', 'b', 70_000),
      better('C', 'c', 70_001),
      better('D', 'c', 900_000),
      better('E', 'e', 20_000),
    ]);
    expect(trainings(builder)).toEqual(['A granted', 'B below-margin', 'C granted', 'D known', 'E unproven']);
    expect(lastData(builder, 'TrainingClaimDecided')).toMatchObject({
      incumbent: idOf(builder.ledger, better('C', 'c', 0), 2),
      incumbentGain: { meanMicrobits: 70_001 },
    });
  });

  test('waits for every earlier recipe that may be for the same family', () => {
    const builder = openLedger();
    const scripts = [gpt, better('B', 'b', 200_000), better('C', 'c', 300_000)] as const;
    for (const [index, script] of scripts.entries()) handOver(builder, script, index);
    advance(builder, scripts[0], 0);
    builder.settle();
    advance(builder, scripts[2], 2);
    builder.settle();
    expect(trainings(builder)).toEqual(['A granted']);
    advance(builder, scripts[1], 1);
    builder.settle();
    expect(trainings(builder)).toEqual(['A granted', 'B granted', 'C granted']);
  });

  test("is not made for the judge's own recipe, which is not even run", () => {
    const ownership = { ...smallPolicy.ownership, referenceTrainingDigests: [digestOfName('a')] };
    const builder = tell([gpt], { policy: { ...smallPolicy, ownership } });
    expect(trainings(builder)).toEqual([]);
    expect(lastData(builder, 'EvaluationPlanned')).toMatchObject({
      runs: [baseRun('reference'), baseRun('architecture')],
    });
  });

  test('by an unproven architecture stays unproven, also where a later one has discovered the family meanwhile', () => {
    const scripts = [
      better('Z', 'z', 0),
      { ...gpt, gain: 0, recipeGain: 100_000 },
      { ...gpt, hotkey: 'B', training: 'b' },
    ] as const;
    const builder = openLedger();
    for (const [index, script] of scripts.entries()) handOver(builder, script, index);
    advance(builder, scripts[1], 1);
    builder.settle();
    advance(builder, scripts[2], 2);
    builder.settle();
    expect(architectures(builder)).toEqual(['A unproven', 'B discovered']);
    expect(trainings(builder)).toEqual([]);
    advance(builder, scripts[0], 0);
    builder.settle();
    expect(trainings(builder)).toEqual(['A unproven', 'B granted']);
  });
});

describe('a training_for_arch', () => {
  const recipe: Script = { ...gpt, hotkey: 'B', kind: 'training_for_arch', training: 'b' };

  test('is planned once its family is decided, on the architecture of the discoverer', () => {
    const builder = openLedger();
    handOver(builder, gpt, 0);
    const id = handOver(builder, recipe, 1);
    advance(builder, recipe, 1);
    advance(builder, gpt, 0);
    advance(builder, recipe, 1);
    expect(builder.state.submissions.get(id)?.state.phase).toBe('reviewed');
    builder.settle();
    advance(builder, recipe, 1);
    expect(lastData(builder, 'EvaluationPlanned')).toMatchObject({
      architectureFrom: idOf(builder.ledger, gpt, 0),
      runs: [baseRun('reference'), baseRun('architecture'), baseRun('recipe')],
    });
    builder.settle();
    expect(lastData(builder, 'SubmissionScored')).toMatchObject({ architecture: null });
  });

  test('is refused for a family that nobody has, or that only a later submission discovers', () => {
    for (const scripts of [[recipe], [recipe, gpt], [{ ...gpt, gain: 0 }, recipe]]) {
      expect(lastData(tell(scripts), 'SubmissionRejected')).toMatchObject({
        stage: 'evaluation',
        code: 'unknown-family',
      });
    }
  });
});

describe('an epoch', () => {
  test('pays for what is decided at its close; what is undecided then counts for the next', () => {
    const builder = openLedger();
    handOver(builder, gpt, 0);
    closeEpoch(builder).settle();
    expect(lastData(builder, 'WeightsDerived')).toMatchObject({
      shares: [],
      burn: { hotkey: '5Burn', units: 65_535 },
    });
    advance(builder, gpt, 0);
    builder.settle();
    closeEpoch(builder);
    const [owed] = owedEvents(builder.state);
    expect(owed?.decided.data).toMatchObject({
      epoch: 2,
      shares: [{ hotkey: 'A', architecturePpm: 89_700, trainingPpm: 14_700 }],
    });
  });

  test('pays what was decided at its close, whatever is decided before its weights land', () => {
    const second = { ...gpt, hotkey: 'B', architecture: 'gru', sketch: numbers(500), training: 'b' };
    const scripts = [gpt, second] as const;
    const late = openLedger();
    const prompt = openLedger();
    for (const builder of [late, prompt]) {
      for (const [index, script] of scripts.entries()) handOver(builder, script, index);
      advance(builder, gpt, 0);
      builder.settle();
      closeEpoch(builder);
    }
    prompt.settle();
    advance(late, second, 1);
    const weights = owedEvents(late.state).find(({ decided }) => decided.type === 'WeightsDerived');
    late.settle();
    expect(weights?.decided.data).toEqual(lastData(prompt, 'WeightsDerived'));
    expect(lastData(late, 'WeightsDerived')).toEqual(lastData(prompt, 'WeightsDerived'));
  });

  test('lists its shares by earliest admission, whichever pool they are from', () => {
    const recipe: Script = {
      ...gpt,
      hotkey: 'B',
      kind: 'training_for_arch',
      training: 'b',
      recipeGain: 500_000,
    };
    const gru = { ...gpt, hotkey: 'C', architecture: 'gru', sketch: numbers(500), training: 'c' };
    const builder = closeEpoch(tell([gpt, recipe, gru])).settle();
    expect(lastData(builder, 'WeightsDerived')).toMatchObject({
      shares: [{ hotkey: 'A' }, { hotkey: 'B' }, { hotkey: 'C' }],
    });
  });
});
