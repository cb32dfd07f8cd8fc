/** The numbers in a tensor's bytes. */

type Floats = Float32Array | Float64Array;

const FLOAT16 = { bias: 15, fraction: 10 } as const;

function float16(bits: number): number {
  const { bias, fraction } = FLOAT16;
  const low = bits & ((1 << fraction) - 1);
  const exponent = (bits >> fraction) & 0x1f;
  const sign = bits & 0x8000 ? -1 : 1;
  return sign * (exponent === 0 ? low * 2 ** -24 : (1 + low / 2 ** fraction) * 2 ** (exponent - bias));
}

/** A copy that starts where any type of element may. */
const aligned = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

/** The elements of a tensor of floating-point numbers, exactly; null for any other type. */
export function elements(bytes: Buffer, dtype: string): Floats | null {
  switch (dtype) {
    case 'float32':
      return new Float32Array(aligned(bytes));
    case 'float64':
      return new Float64Array(aligned(bytes));
    case 'float16':
      return Float32Array.from(new Uint16Array(aligned(bytes)), float16);
    case 'bfloat16': {
      const upper = Uint32Array.from(new Uint16Array(aligned(bytes)), (bits) => bits * 0x1_0000);
      return new Float32Array(upper.buffer);
    }
    default:
      return null;
  }
}
