/** Who gets what, told as small histories. */
import { describe, expect, test } from '@jest/globals';
import { catalogue, type EventType } from '../../../domain/events/catalogue.ts';
import { streamOf } from '../../../domain/events/ids.ts';
import { parseTime } from '../../../domain/events/time.ts';
import { owedEvents } from '../../../domain/ledger/owed.ts';
import {
  advance,
  closeEpoch,
  digestOfName,
  familyOfName,
  finish,
  handOver,
  idOf,
  openLedger,
  type Script,
  smallPolicy,
  tell,
} from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';
import { baseRun } from '../../support/measurement.ts';

const numbers = (from: number): number[] => Array.from({ length: 32 }, (_, i) => from + i);
/** Both views of a sketch have 15 of 17 fingerprints in common with `numbers(0)`. */
const near = [...numbers(0).slice(0, 30), 98, 99];

const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  sketch: numbers(0),
  training: 'a',
  gain: 300_000,
  recipeGain: 50_000,
};

const DAY = 86_400_000;

const parseWeights = (data: unknown) => catalogue.WeightsDerived.data.parse(data);

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
    expect(owedTypes(unlike)).toEqual(['ConfirmationCalled']);
  });

  test.each(['rejected-in-review', 'abandoned-in-review', 'abandoned'] as const)(
    'no longer waits for an earlier one that is %s',
    (fate) => {
      const later = { ...gpt, hotkey: 'B' };
      const builder = openLedger();
      handOver(builder, gpt, 0);
      handOver(builder, later, 1);
      finish(builder, later, 1);
      expect(architectures(builder)).toEqual([]);
      finish(builder, { ...gpt, fate }, 0);
      finish(builder, later, 1);
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

  const tensors = (...shape: number[]) => [{ dtype: 'float32' as const, shape }];

  test.each([
    ['equal', tensors(256, 16), tensors(256, 16), true],
    ['another', tensors(256, 16), tensors(256, 32), false],
    ['not known of the earlier one', [], tensors(256, 16), null],
    ['not known of the later one', tensors(256, 16), [], null],
  ])('is held whatever structure both declare; it is told that it is %s', (_, left, right, same) => {
    const builder = tell([
      { ...gpt, tensors: left },
      { ...like, tensors: right },
    ]);
    expect(lastData(builder, 'ArchitectureClaimHeld')).toMatchObject({ sameStructure: same });
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
      sketch: [...numbers(0).slice(0, 28), 98, 99, 100, 101],
    };
    const builder = tell([gpt, { ...middle, resolver: 'admit', training: 'c' }, like], {
      policy: { ...smallPolicy, ownership: { ...smallPolicy.ownership, nearMatchPpm: 500_000 } },
    });
    // 15 of 17 fingerprints are common with both, in both views.
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
    finish(builder, like, 1);
    expect(architectures(builder)).toEqual(['B discovered']);
    expect(owedTypes(builder)).toEqual([]);
    finish(builder, gpt, 0);
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
      better('B', 'b', 51_500),
      better('C', 'c', 60_000),
      better('D', 'c', 900_000),
      better('E', 'e', 20_000),
      better('F', 'f', 45_000),
    ]);
    expect(trainings(builder)).toEqual([
      'A granted',
      'B below-margin',
      'C granted',
      'D known',
      'E unproven',
      'F below-margin',
    ]);
  });

  test('states what it has shown against what stood, at which chance of error, and what the family is worth now', () => {
    const builder = tell([gpt, better('B', 'b', 60_000)]);
    const [incumbent, call, confirmed] = [
      idOf(builder.ledger, gpt, 0),
      lastData(builder, 'ConfirmationCalled'),
      lastData(builder, 'SubmissionConfirmed'),
    ];
    expect(call).toMatchObject({
      claim: 'training',
      incumbent,
      challenge: 1,
      entry: 1,
      alphaPpt: 5_000_000_000,
    });
    expect(confirmed).toMatchObject({ evidence: { differences: [9_993, 9_993], proven: true } });
    expect(lastData(builder, 'TrainingClaimDecided')).toMatchObject({
      outcome: 'granted',
      incumbent,
      challenge: 1,
      evidence: { meanMicrobits: 9_993, alphaPpt: 5_000_000_000, proven: true },
      // 360,000 over the reference, less one standard error of 1,000.
      valueMicrobits: 359_000,
    });
  });

  test('by a bit-identical curve is a copy, whatever its source says', () => {
    expect(trainings(tell([gpt, { ...better('B', 'b', 50_000), copies: true }]))).toEqual([
      'A granted',
      'B known',
    ]);
  });

  test('is not even confirmed where the screening shows less than what stands', () => {
    const builder = tell([gpt, better('B', 'b', 40_000)]);
    expect(trainings(builder)).toEqual(['A granted', 'B below-margin']);
    expect(outcomes(builder, 'ConfirmationCalled')).toHaveLength(2);
  });

  test('waits for every earlier recipe that may be for the same family', () => {
    const builder = openLedger();
    const scripts = [gpt, better('B', 'b', 200_000), better('C', 'c', 300_000)] as const;
    for (const [index, script] of scripts.entries()) handOver(builder, script, index);
    finish(builder, scripts[0], 0, scripts);
    finish(builder, scripts[2], 2, scripts);
    expect(trainings(builder)).toEqual(['A granted']);
    finish(builder, scripts[1], 1, scripts);
    finish(builder, scripts[2], 2, scripts);
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
    finish(builder, scripts[1], 1, scripts);
    finish(builder, scripts[2], 2, scripts);
    expect(architectures(builder)).toEqual(['A unproven', 'B discovered']);
    expect(trainings(builder)).toEqual([]);
    finish(builder, scripts[0], 0, scripts);
    finish(builder, scripts[2], 2, scripts);
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
    finish(builder, gpt, 0);
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
    finish(builder, gpt, 0);
    closeEpoch(builder).settle();
    closeEpoch(builder);
    const [owed] = owedEvents(builder.state);
    // 0.299 bits of the architecture, and the recipe's 0.349 less those, at 30 % of an epoch for a bit.
    expect(owed?.decided.data).toMatchObject({
      epoch: 3,
      shares: [{ hotkey: 'A', architecturePpm: 89_700, trainingPpm: 15_000 }],
    });
  });

  test('pays for the part of it during which something stood: to be decided just before its close gains nothing', () => {
    const builder = openLedger();
    handOver(builder, gpt, 0);
    closeEpoch(builder).settle();
    builder.wait(DAY);
    finish(builder, gpt, 0);
    const decided = builder.events.findLast(({ type }) => type === 'TrainingClaimDecided')?.time ?? '';
    builder.wait(DAY);
    closeEpoch(builder).settle();
    const [from, to] = builder.events
      .filter(({ type }) => type === 'EpochClosed')
      .map(({ time }) => parseTime(time));
    const stood = ((to ?? 0) - parseTime(decided)) / ((to ?? 0) - (from ?? 0));
    expect(stood).toBeCloseTo(0.5, 3);
    const { items } = parseWeights(lastData(builder, 'WeightsDerived'));
    const training = items.find(({ kind }) => kind === 'training');
    expect(training).toMatchObject({ incrementMicrobits: 50_000, ppm: Math.floor(15_000 * stood) });
  });

  test('keeps the pay of what is held, and releases it once it is admitted; refused, it is dropped', () => {
    const like: Script = {
      ...gpt,
      hotkey: 'B',
      architecture: 'near',
      sketch: near,
      training: 'b',
      gain: 900_000,
    };
    for (const outcome of ['admit', 'refuse'] as const) {
      const builder = openLedger();
      handOver(builder, gpt, 0);
      handOver(builder, like, 1);
      finish(builder, gpt, 0, [gpt, like]);
      finish(builder, like, 1, [gpt, like]);
      const family = familyOfName(builder.ledger, 'near');
      closeEpoch(builder).settle();
      closeEpoch(builder).settle();
      const kept = parseWeights(lastData(builder, 'WeightsDerived'));
      // 0.899 bits less the 0.349 that stand already and twice their error, in another family.
      expect(kept.items).toContainEqual(expect.objectContaining({ hotkey: 'B', ppm: 0, keptPpm: 164_400 }));
      expect(kept.shares.map(({ hotkey }) => hotkey)).toEqual(['A']);
      const submission = idOf(builder.ledger, like, 1);
      const data = { submission, outcome, resolver: 'operator:test', reason: 'looked at both' };
      builder.append(streamOf.family(family), submission, 'operator:test', { type: 'HoldResolved', data });
      builder.settle();
      closeEpoch(builder).settle();
      const { items, shares } = parseWeights(lastData(builder, 'WeightsDerived'));
      const own = items.find(({ hotkey, kind }) => hotkey === 'B' && kind === 'architecture');
      if (outcome === 'refuse') {
        expect(own).toBeUndefined();
        expect(shares.map(({ hotkey }) => hotkey)).toEqual(['A']);
      } else {
        expect(own).toMatchObject({ ppm: 164_400, keptPpm: 0 });
        // Two epochs' pay, the first of which began before it was held.
        expect(own?.releasedPpm).toBeGreaterThan(164_400);
        expect(own?.releasedPpm).toBeLessThan(329_400);
        closeEpoch(builder).settle();
        expect(parseWeights(lastData(builder, 'WeightsDerived')).items).toContainEqual({
          ...own,
          releasedPpm: 0,
        });
      }
    }
  });

  test('keeps what was kept where an epoch closes between the admission of a hold and its decision', () => {
    const like: Script = { ...gpt, hotkey: 'B', architecture: 'near', sketch: near, gain: 900_000 };
    const builder = openLedger();
    const scripts = [gpt, { ...like, kind: 'architecture_only' }] as const;
    for (const [index, script] of scripts.entries()) handOver(builder, script, index);
    for (const [index, script] of scripts.entries()) finish(builder, script, index, scripts);
    closeEpoch(builder).settle();
    const kept = [...builder.state.kept.values()];
    const submission = idOf(builder.ledger, like, 1);
    const data = {
      submission,
      outcome: 'admit',
      resolver: 'operator:test',
      reason: 'looked at both',
    } as const;
    const family = streamOf.family(familyOfName(builder.ledger, 'near'));
    builder.append(family, submission, 'operator:test', { type: 'HoldResolved', data });
    closeEpoch(builder).settle();
    expect([...builder.state.kept.values()][0]).toBeGreaterThan(kept[0] ?? 0);
    closeEpoch(builder).settle();
    expect(architectures(builder)).toEqual(['A discovered', 'B discovered']);
    expect(parseWeights(lastData(builder, 'WeightsDerived')).items).toContainEqual(
      expect.objectContaining({ hotkey: 'B', keptPpm: 0, releasedPpm: expect.any(Number) }),
    );
    expect(builder.state.kept.size).toBe(0);
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
    const gru = {
      ...gpt,
      hotkey: 'C',
      architecture: 'gru',
      sketch: numbers(500),
      training: 'c',
      gain: 950_000,
    };
    const builder = closeEpoch(tell([gpt, recipe, gru])).settle();
    expect(lastData(builder, 'WeightsDerived')).toMatchObject({
      shares: [{ hotkey: 'A' }, { hotkey: 'B' }, { hotkey: 'C' }],
    });
  });
});
