import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DTYPES } from '../../../../domain/evaluation/measurement.ts';
import {
  builtSchema,
  parseAnswer,
  snapshotSchema,
  type TensorSpec,
} from '../../../../services/evaluator/judge/answers.ts';
import { LearnerFailure } from '../../../../services/evaluator/judge/learner-failure.ts';
import { checkState } from '../../../../services/evaluator/judge/tensors.ts';

const failureOf = (act: () => unknown): LearnerFailure => {
  try {
    act();
  } catch (error) {
    if (error instanceof LearnerFailure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const tensor = (changes: Partial<TensorSpec> = {}): TensorSpec => ({
  name: 'weight',
  dtype: 'float32',
  shape: [2],
  ...changes,
});
const check = (tensors: TensorSpec[], body: Buffer, first: TensorSpec[] | null = null) =>
  checkState({ tensors, body }, first, 64, 'snapshot');

describe('headers', () => {
  test('an exception is the learner ending its run', () => {
    const error = { type: 'ValueError', message: 'no', trace: 'line 1' };
    const failure = failureOf(() => parseAnswer(builtSchema, { ok: false, error }, 'build'));
    expect(failure).toMatchObject({
      kind: 'learner-ended',
      message: 'build: ValueError: no',
      trace: 'line 1',
    });
  });

  test.each([
    [{}],
    [{ ok: true }],
    [{ ok: true, parameters: -1 }],
    [{ ok: true, parameters: 1.5 }],
    [{ ok: true, parameters: 1e300 }],
    [{ ok: false }],
    [{ ok: false, error: { type: 'E'.repeat(2_000), message: '', trace: '' } }],
  ])('%j is malformed', (header) => {
    expect(failureOf(() => parseAnswer(builtSchema, header, 'build')).kind).toBe('malformed');
  });

  test.each([
    [[]],
    [[tensor({ name: '' })]],
    [[tensor({ shape: [-1] })]],
    [[tensor({ shape: [0.5] })]],
    [[tensor({ shape: new Array<number>(9).fill(1) })]],
    [[{ ...tensor(), dtype: 'complex64' }]],
    [[{ ...tensor(), extra: 1 }]],
    [new Array(5_000).fill(tensor())],
  ])('declarations %# are malformed', (tensors) => {
    const header = { ok: true, tensors, hooksUsed: [] };
    expect(failureOf(() => parseAnswer(snapshotSchema, header, 'snapshot')).kind).toBe('malformed');
  });

  test('whatever a container says, only an answer or a bounded failure comes out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (header) => {
        try {
          expect(parseAnswer(snapshotSchema, header, 'snapshot').ok).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(LearnerFailure);
          expect(error instanceof Error && error.message.length <= 500 && error.message.isWellFormed()).toBe(
            true,
          );
        }
      }),
    );
  });

  test('a description is cut to what an event holds, never inside a character', () => {
    const error = { type: 'E', message: `${'x'.repeat(490)}${'😀'.repeat(20)}`, trace: '' };
    const failure = failureOf(() => parseAnswer(builtSchema, { ok: false, error }, 'b'));
    const ending = failure.endingIn({ training: null, sameRoot: true });
    expect(ending.detail.length).toBe(500);
    expect(ending.detail.isWellFormed()).toBe(true);
  });
});

describe('tensors', () => {
  test('of every type are counted', () => {
    const widths = { float32: 4, float64: 8, float16: 2, bfloat16: 2, int64: 8, int32: 4, uint8: 1, bool: 1 };
    for (const dtype of DTYPES) {
      check([tensor({ dtype, shape: [1, 2] })], Buffer.alloc(2 * widths[dtype]));
      const short = () => check([tensor({ dtype, shape: [1, 2] })], Buffer.alloc(2 * widths[dtype] - 1));
      expect(failureOf(short).kind).toBe('malformed');
    }
    check([tensor({ shape: [] })], Buffer.alloc(4));
    check([tensor({ shape: [0, 1_000_000_000] })], Buffer.alloc(0));
  });

  test('over the limit by declaration or by bytes', () => {
    expect(failureOf(() => check([tensor({ shape: [17] })], Buffer.alloc(8))).kind).toBe('over-limit');
    expect(failureOf(() => check([tensor()], Buffer.alloc(68))).kind).toBe('over-limit');
    const huge = new Array<number>(8).fill(Number.MAX_SAFE_INTEGER);
    expect(failureOf(() => check([tensor({ shape: huge })], Buffer.alloc(8))).kind).toBe('over-limit');
  });

  test('with one name twice, or other than at the first snapshot', () => {
    expect(failureOf(() => check([tensor(), tensor()], Buffer.alloc(16))).message).toMatch('two tensors');
    const changes: TensorSpec[][] = [
      [tensor({ name: 'other' })],
      [tensor({ dtype: 'int32' })],
      [tensor({ shape: [1, 2] })],
      [tensor(), tensor({ name: 'more', shape: [0] })],
    ];
    for (const changed of changes) {
      const failure = failureOf(() => check(changed, Buffer.alloc(8), [tensor()]));
      expect([failure.kind, failure.message]).toEqual(['malformed', expect.stringMatching('first snapshot')]);
    }
    check([tensor()], Buffer.alloc(8), [tensor()]);
  });

  test.each([
    ['float32', 4, 0x7f80_0000n],
    ['float32', 4, 0xffc0_0001n],
    ['float64', 8, 0x7ff0_0000_0000_0000n],
    ['float64', 8, 0xfff8_0000_0000_0001n],
    ['float16', 2, 0xfc00n],
    ['bfloat16', 2, 0x7fc0n],
  ] as const)('%s with a non-finite element is said', (dtype, width, bits) => {
    const body = Buffer.alloc(2 * width);
    for (let i = 0; i < width; i += 1) body[width + i] = Number((bits >> BigInt(8 * i)) & 0xffn);
    expect(failureOf(() => check([tensor({ dtype })], body)).kind).toBe('non-finite');
    const finite = Buffer.from(body.map((byte, i) => (i === 2 * width - 1 ? byte & 0x3f : byte)));
    check([tensor({ dtype })], finite);
  });

  test('integers are finite whatever their bits', () => {
    check([tensor({ dtype: 'int64', shape: [1] })], Buffer.alloc(8, 0xff));
  });

  test('any finite float32 passes, any other does not', () => {
    fc.assert(
      fc.property(fc.float(), (value) => {
        const body = Buffer.alloc(8);
        body.writeFloatLE(value, 4);
        if (Number.isFinite(value)) check([tensor()], body);
        else expect(failureOf(() => check([tensor()], body)).kind).toBe('non-finite');
      }),
    );
  });
});
