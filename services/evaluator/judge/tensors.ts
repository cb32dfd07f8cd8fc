/** The model as it crosses the wire: declared names, types and shapes, and exactly their bytes. */
import type { DTYPES } from '../../../domain/evaluation/measurement.ts';
import type { TensorSpec } from './answers.ts';
import { LearnerFailure } from './learner-failure.ts';

type Dtype = (typeof DTYPES)[number];

/** Bytes of one element, and for floats the exponent's bits in its upper 16: all of them set means infinite or NaN. */
const LAYOUT: { readonly [dtype in Dtype]: { readonly bytes: number; readonly exponent: number | null } } = {
  float32: { bytes: 4, exponent: 0x7f80 },
  float64: { bytes: 8, exponent: 0x7ff0 },
  float16: { bytes: 2, exponent: 0x7c00 },
  bfloat16: { bytes: 2, exponent: 0x7f80 },
  int64: { bytes: 8, exponent: null },
  int32: { bytes: 4, exponent: null },
  uint8: { bytes: 1, exponent: null },
  bool: { bytes: 1, exponent: null },
};

export interface ModelState {
  readonly tensors: readonly TensorSpec[];
  /** Little-endian elements of each tensor, one after another. */
  readonly body: Buffer;
}

/** Elements of a tensor, which may be beyond counting. */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Bytes of a tensor; Infinity where that is beyond counting. */
function byteLength({ dtype, shape }: TensorSpec): number {
  const bytes = elementsOf(shape) * LAYOUT[dtype].bytes;
  return Number.isSafeInteger(bytes) ? bytes : Number.POSITIVE_INFINITY;
}

/** Bytes of all tensors of a declaration; Infinity where that is beyond counting. */
export function stateBytes(tensors: readonly TensorSpec[]): number {
  return tensors.reduce((sum, tensor) => sum + byteLength(tensor), 0);
}

/** Each tensor with its bytes, as they lie in the state. */
export function* tensorsOf({ tensors, body }: ModelState): Generator<readonly [TensorSpec, Buffer]> {
  let start = 0;
  for (const tensor of tensors) {
    const end = start + byteLength(tensor);
    yield [tensor, body.subarray(start, end)];
    start = end;
  }
}

function allFinite(bytes: Buffer, dtype: Dtype): boolean {
  const { bytes: width, exponent } = LAYOUT[dtype];
  if (exponent === null) return true;
  for (let upper = width - 2; upper < bytes.length; upper += width) {
    if ((bytes.readUInt16LE(upper) & exponent) === exponent) return false;
  }
  return true;
}

function assertSameLayout(tensors: readonly TensorSpec[], first: readonly TensorSpec[], where: string): void {
  const describe = (tensor: TensorSpec | undefined) =>
    tensor === undefined ? 'nothing' : `${tensor.name} ${tensor.dtype} [${tensor.shape.join(', ')}]`;
  for (let i = 0; i < Math.max(tensors.length, first.length); i += 1) {
    if (describe(tensors[i]) !== describe(first[i])) {
      throw new LearnerFailure(
        'malformed',
        where,
        `tensor ${i} is ${describe(tensors[i])}, at the first snapshot it was ${describe(first[i])}`,
      );
    }
  }
}

/**
 * Counts and checks a model state.
 * @param first the declarations of the run's first snapshot, which every later one repeats; null for the first
 * Throws `LearnerFailure`: `over-limit` past `maxBytes`, `malformed` where names repeat, bytes and declarations differ or the declarations
 * changed, `non-finite` where a weight is NaN or infinite.
 */
export function checkState(
  state: ModelState,
  first: readonly TensorSpec[] | null,
  maxBytes: number,
  where: string,
): void {
  const { tensors, body } = state;
  const total = stateBytes(tensors);
  if (total > maxBytes || body.length > maxBytes) {
    throw new LearnerFailure('over-limit', where, `the model's state is over ${maxBytes} bytes`);
  }
  if (new Set(tensors.map((tensor) => tensor.name)).size !== tensors.length) {
    throw new LearnerFailure('malformed', where, 'two tensors have one name');
  }
  if (total !== body.length) {
    throw new LearnerFailure('malformed', where, `${total} bytes declared, ${body.length} came`);
  }
  if (first !== null) assertSameLayout(tensors, first, where);
  assertFinite(state, where);
}

/** Throws `LearnerFailure` of kind `non-finite` where a number is NaN or infinite. */
export function assertFinite(state: ModelState, where: string): void {
  for (const [tensor, bytes] of tensorsOf(state)) {
    if (!allFinite(bytes, tensor.dtype)) {
      throw new LearnerFailure('non-finite', where, `tensor ${tensor.name} holds NaN or infinity`);
    }
  }
}
