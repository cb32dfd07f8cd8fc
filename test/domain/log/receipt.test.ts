import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseVkey, signerFromSeed } from '../../../domain/log/keys.ts';
import { LogError } from '../../../domain/log/log-error.ts';
import { LogReader } from '../../../domain/log/log-reader.ts';
import { formatReceipt, parseReceipt, verifyReceipt } from '../../../domain/log/receipt.ts';
import { entriesOf, filesOf, KEY, logOf, ORIGIN } from './memory-log.ts';

const entries = entriesOf(300);
const reader = new LogReader(filesOf(logOf(entries)).read, KEY.vkey);
const VERIFIER = parseVkey(KEY.vkey);

async function receiptOf(index: number): Promise<string> {
  return (await reader.inclusion(index))?.receipt ?? '';
}

const entryAt = (index: number): Buffer => entries[index] ?? Buffer.alloc(0);

describe('a receipt', () => {
  test('shows that its entry is in the log', async () => {
    for (const index of [0, 1, 255, 256, 299]) {
      const { index: shown, checkpoint } = verifyReceipt(await receiptOf(index), entryAt(index), VERIFIER);
      expect([shown, checkpoint.size, checkpoint.origin]).toEqual([index, 300, ORIGIN]);
    }
  });

  test('has the lines that the format asks for', async () => {
    const [header, index, ...rest] = (await receiptOf(7)).split('\n');
    expect([header, index]).toEqual(['c2sp.org/tlog-proof@v1', 'index 7']);
    // 2^8 < 300 <= 2^9: nine hashes, the blank line, the checkpoint.
    expect(rest.indexOf('')).toBe(9);
    expect(rest[10]).toBe(ORIGIN);
  });

  test('shows nothing of another entry, under another key, or with any character changed', async () => {
    const receipt = await receiptOf(7);
    expect(() => verifyReceipt(receipt, entryAt(8), VERIFIER)).toThrow(LogError);
    const other = parseVkey(signerFromSeed(ORIGIN, Buffer.alloc(32, 8)).vkey);
    expect(() => verifyReceipt(receipt, entryAt(7), other)).toThrow(LogError);
    for (let at = 0; at < receipt.length; at += 1) {
      const changed = receipt.slice(0, at) + (receipt[at] === 'B' ? 'C' : 'B') + receipt.slice(at + 1);
      expect(() => verifyReceipt(changed, entryAt(7), VERIFIER)).toThrow(LogError);
    }
  });

  test('is read back as it was written, extra data included', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
    const anyReceipt = fc.record({
      index: fc.maxSafeNat(),
      hashes: fc.array(hash, { maxLength: 5 }),
      checkpoint: fc.constant(Buffer.from('origin\n5\nroot\n\n— name sig\n')),
      extra: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
    });
    fc.assert(
      fc.property(anyReceipt, (receipt) => expect(parseReceipt(formatReceipt(receipt))).toEqual(receipt)),
    );
  });

  test('that is any other text is refused', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `c2sp.org/tlog-proof@v1\n${rest}\n\n`),
    );
    fc.assert(
      fc.property(anyText, (text) =>
        expect(() => verifyReceipt(text, entryAt(0), VERIFIER)).toThrow(LogError),
      ),
    );
  });
});

describe('a reader', () => {
  test('reads entries by index and by range', async () => {
    expect(await reader.readEntry(256)).toEqual(entryAt(256));
    const read: Buffer[] = [];
    for await (const { bytes } of reader.entries(200, 280)) read.push(bytes);
    expect(read).toEqual(entries.slice(200, 280));
  });

  test('has nothing past the end of the log', async () => {
    expect(await reader.readEntry(300)).toBeNull();
    expect(await reader.inclusion(300)).toBeNull();
    expect(await reader.consistency(301)).toBeNull();
    expect((await reader.entries(300).next()).done).toBe(true);
  });

  test('refuses what is not an index', async () => {
    await expect(reader.readEntry(-1)).rejects.toThrow(RangeError);
    await expect(reader.inclusion(0.5)).rejects.toThrow(RangeError);
  });

  test('follows the log as it grows', async () => {
    const log = logOf(entries.slice(0, 200));
    const following = new LogReader(filesOf(log).read, KEY.vkey);
    expect(await following.inclusion(250)).toBeNull();
    expect(await following.readEntry(100)).toEqual(entryAt(100));
    for (const [path, bytes] of logOf(entries)) log.set(path, bytes);
    expect(await following.readEntry(250)).toEqual(entryAt(250));
    const receipt = (await following.inclusion(250))?.receipt ?? '';
    expect(verifyReceipt(receipt, entryAt(250), VERIFIER).index).toBe(250);
  });

  test('falls back to the full tile where a partial one was removed', async () => {
    const [partial, full] = [logOf(entries.slice(0, 200)), logOf(entries)];
    const log = new Map([...full, ['checkpoint', partial.get('checkpoint') ?? Buffer.alloc(0)]]);
    const behind = new LogReader(filesOf(log).read, KEY.vkey);
    expect(await behind.readEntry(199)).toEqual(entryAt(199));
    expect(await behind.readEntry(200)).toBeNull();
  });
});
