/** Name-based UUIDs (RFC 9562, version 5): the same cause always gets the same id, on every machine. */
import { createHash } from 'node:crypto';

/** UUIDv5 of `name` within `namespace` (a UUID). */
export function uuidV5(namespace: string, name: string): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  if (space.length !== 16) throw new RangeError(`not a UUID: ${namespace}`);
  const bytes = createHash('sha1').update(space).update(name, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Joins the parts of a name so that no two lists of parts give the same name. */
export function nameOf(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `${String(part).length}:${part}`).join('/');
}
