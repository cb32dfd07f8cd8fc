import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { frameEntry, parseBundle } from '../../../domain/log/bundle.ts';
import { LogError } from '../../../domain/log/log-error.ts';

const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

test('entries are read back as they were written', () => {
  fc.assert(
    fc.property(fc.array(anyBytes), (entries) => {
      const bundle = Buffer.concat(entries.map(frameEntry));
      expect([...parseBundle(bundle, entries.length, 'bundle', 0)]).toEqual(entries);
    }),
  );
});

test('an entry has at most 65,535 bytes', () => {
  expect(frameEntry(Buffer.alloc(65_535), 0).length).toBe(65_537);
  expect(() => frameEntry(Buffer.alloc(65_536), 5)).toThrow('index 5');
});

test('any bytes are exactly as many entries as asked for, or refused', () => {
  fc.assert(
    fc.property(anyBytes, fc.nat({ max: 20 }), (bytes, count) => {
      try {
        const entries = [...parseBundle(bytes, count, 'bundle', 0)];
        expect(Buffer.concat(entries.map(frameEntry))).toEqual(bytes);
        expect(entries.length).toBe(count);
      } catch (error) {
        expect(error).toBeInstanceOf(LogError);
      }
    }),
  );
});
