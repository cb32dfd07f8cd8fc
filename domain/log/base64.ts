/** Standard base64 (RFC 4648, section 4) that has exactly one spelling per value. */

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Returns null unless `text` is the canonical spelling: padded, no stray bits, characters or spaces. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** A decimal number without sign or leading zeros, up to 2^53 - 1; null for anything else. */
export function fromDecimal(text: string): number | null {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}
