/** A ledger that was tampered with does not verify: not where a bit was flipped, and not where its own operator signed another history. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalBytes } from '../../domain/events/canonical.ts';
import type { DataOf, PrismEvent } from '../../domain/events/catalogue.ts';
import { parseEntry } from '../../domain/events/codec.ts';
import { openLogDirectory } from '../../infra/log-directory/log-writer.ts';
import { verifyLedger } from '../../services/cli/verify.main.ts';
import { prism } from '../support/cli.ts';
import { generateLedger } from '../support/ledger.ts';
import { type LogFolder, logFolder, TEST_SIGNER } from '../support/log-folder.ts';
import { seededRandom } from '../support/random.ts';

const MINUTE = 60_000;
const key = TEST_SIGNER.vkey;
const entries = generateLedger({ submissions: 24, epochs: 2 }).entries();
const events: readonly PrismEvent[] = entries.map(parseEntry);
const scratch = mkdtempSync(join(tmpdir(), 'prism-tamper-'));

let honest: LogFolder;
beforeAll(async () => {
  // Signed at several sizes, as it grew: partial tiles of the way are there too.
  honest = await logFolder(entries.slice(0, 270));
  await honest.writer.append(entries.slice(270, 300));
  await honest.writer.append(entries.slice(300));
}, MINUTE);
afterAll(async () => {
  await honest.remove();
  rmSync(scratch, { recursive: true });
});

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

test('the honest ledger verifies, for the command too', async () => {
  expect(await verifyLedger(honest.directory, { key })).toMatchObject({ ok: true, size: entries.length });
  const ran = await prism(['verify', honest.directory, '--key', key, '--no-history']);
  expect(ran).toMatchObject({
    status: 0,
    stderr: expect.stringContaining(`verified: ${entries.length} events`),
  });
});

describe('a flipped bit', () => {
  /** Flips one bit of a file while `work` runs. */
  async function flipped<T>(path: string, bit: number, work: () => Promise<T>): Promise<T> {
    const file = join(honest.directory, path);
    const bytes = readFileSync(file);
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(file, changed);
    try {
      return await work();
    } finally {
      writeFileSync(file, bytes);
    }
  }

  test(
    'anywhere in any file is found, and the index or the file is named',
    async () => {
      const random = seededRandom(2);
      const paths = filesIn(honest.directory);
      expect(paths.length).toBeGreaterThanOrEqual(7);
      const unnamed: string[] = [];
      for (const path of paths) {
        const { length } = readFileSync(join(honest.directory, path));
        for (let sample = 0; sample < 20; sample += 1) {
          const bit = random.int(8 * length);
          const result = await flipped(path, bit, () => verifyLedger(honest.directory, { key }));
          if (result.ok || (result.index === null && result.file !== path))
            unnamed.push(`${path}, bit ${bit}`);
        }
      }
      expect(unnamed).toEqual([]);
    },
    2 * MINUTE,
  );

  test.each([['checkpoint'], ['log.vkey'], ['tile/entries/000']])(
    'in %s ends the command with status 3',
    async (path) => {
      const ran = await flipped(path, 103, () =>
        prism(['verify', honest.directory, '--key', key, '--no-history']),
      );
      expect(ran.status).toBe(3);
      const where =
        path === 'tile/entries/000' ? /NOT VERIFIED: first wrong index 0:/ : `NOT VERIFIED: file ${path}`;
      expect(ran.stderr).toEqual(
        where instanceof RegExp ? expect.stringMatching(where) : expect.stringContaining(where),
      );
      expect(ran.stdout).toBe('');
    },
    MINUTE,
  );

  test('in a file that is cut, missing or superfluous: the same', async () => {
    const tile = join(honest.directory, 'tile/entries/000');
    const bytes = readFileSync(tile);
    writeFileSync(tile, bytes.subarray(0, -1));
    expect(await verifyLedger(honest.directory, { key })).toMatchObject({
      ok: false,
      file: 'tile/entries/000',
    });
    rmSync(tile);
    expect(await verifyLedger(honest.directory, { key })).toMatchObject({
      ok: false,
      file: 'tile/entries/000',
    });
    writeFileSync(tile, bytes);
    const extra = join(honest.directory, 'tile/entries/notes.txt');
    writeFileSync(extra, 'nothing');
    expect(await verifyLedger(honest.directory, { key })).toMatchObject({
      ok: false,
      file: 'tile/entries/notes.txt',
    });
    rmSync(extra);
    expect(await verifyLedger(honest.directory, { key })).toMatchObject({ ok: true });
  });
});

/** A ledger of these entries, signed with the log's own key. */
async function resigned(forged: readonly Buffer[], seen?: string) {
  const directory = mkdtempSync(join(scratch, 'forged-'));
  const writer = await openLogDirectory(directory, TEST_SIGNER);
  await writer.append(forged);
  writer.close();
  return verifyLedger(directory, { key, ...(seen === undefined ? {} : { seen }) });
}

type OfType<T extends PrismEvent['type']> = Extract<PrismEvent, { type: T }>;

/** Index of the first event of a type that `holds`. */
function indexOf<T extends PrismEvent['type']>(
  type: T,
  holds: (event: OfType<T>) => boolean = () => true,
): number {
  const index = events.findIndex((event) => event.type === type && holds(event as OfType<T>));
  if (index < 0) throw new Error(`the ledger has no such ${type}`);
  return index;
}

/** The entries with the data of the event at `index` changed. */
function changed<T extends PrismEvent['type']>(
  type: T,
  index: number,
  change: (data: DataOf<T>) => object,
): Buffer[] {
  const event = events[index];
  if (event?.type !== type) throw new Error(`index ${index} is not of type ${type}`);
  return entries.with(index, canonicalBytes({ ...event, data: change(event.data as DataOf<T>) }));
}

/** Index of the next event of the same stream. */
function nextInStream(index: number): number {
  const stream = events[index]?.stream;
  return events.findIndex((event, at) => at > index && event.stream === stream);
}

describe('a history that its own operator signed anew', () => {
  test('a higher score', async () => {
    const index = indexOf('SubmissionScored');
    const forged = changed('SubmissionScored', index, (data) => ({ ...data, scorePpm: data.scorePpm + 1 }));
    expect(await resigned(forged)).toMatchObject({ ok: false, index });
  });

  test('a better curve: its score does not follow from it', async () => {
    const index = indexOf('RunMeasured', ({ data }) => data.pair === 'architecture');
    const forged = changed('RunMeasured', index, (data) => ({
      ...data,
      curve: data.curve.map((point) => ({ ...point, lossMicrobits: Math.floor(point.lossMicrobits / 2) })),
    }));
    const { stream } = events[index] ?? {};
    const scored = indexOf('SubmissionScored', (event) => event.stream === stream);
    expect(await resigned(forged)).toMatchObject({ ok: false, index: scored });
  });

  test('a family for another hotkey', async () => {
    const index = indexOf('ArchitectureClaimDecided', ({ data }) => data.outcome === 'discovered');
    const forged = changed('ArchitectureClaimDecided', index, (data) => ({ ...data, hotkey: '5Friend' }));
    expect(await resigned(forged)).toMatchObject({ ok: false, index });
  });

  test('a training grant that was refused', async () => {
    const index = indexOf('TrainingClaimDecided', ({ data }) => data.outcome !== 'granted');
    const forged = changed('TrainingClaimDecided', index, (data) => ({ ...data, outcome: 'granted' }));
    expect(await resigned(forged)).toMatchObject({ ok: false, index });
  });

  test('units moved from one hotkey to another', async () => {
    const index = indexOf('WeightsDerived', ({ data }) => data.shares.length > 1);
    const forged = changed('WeightsDerived', index, (data) => ({
      ...data,
      shares: data.shares.map((share, at) => ({
        ...share,
        units: share.units + (at === 0 ? 1 : at === 1 ? -1 : 0),
      })),
    }));
    expect(await resigned(forged)).toMatchObject({ ok: false, index });
  });

  test('another burn address', async () => {
    const index = indexOf('WeightsDerived');
    const forged = changed('WeightsDerived', index, (data) => ({
      ...data,
      burn: { ...data.burn, hotkey: '5Friend' },
    }));
    expect(await resigned(forged)).toMatchObject({ ok: false, index });
  });

  test('other weights sent than derived', async () => {
    const index = indexOf('WeightsEmitted');
    const forged = changed('WeightsEmitted', index, (data) => ({ ...data, weightsDigest: '0'.repeat(64) }));
    expect(await resigned(forged)).toMatchObject({ ok: false, index });
  });

  test('another policy from the start', async () => {
    const forged = changed('LedgerOpened', 0, (data) => ({
      ...data,
      policy: { ...data.policy, weights: { ...data.policy.weights, burnHotkey: '5Friend' } },
    }));
    expect(await resigned(forged)).toMatchObject({ ok: false, index: 0 });
  });

  test('two events of a stream in another order', async () => {
    const index = indexOf('SubmissionReviewed');
    const next = nextInStream(index);
    const [first, second] = [entries[index], entries[next]];
    if (first === undefined || second === undefined) throw new Error('nothing follows');
    expect(await resigned(entries.with(index, second).with(next, first))).toMatchObject({ ok: false, index });
  });

  test('a copy that was received before what it copies', async () => {
    const known = events[indexOf('ArchitectureClaimDecided', ({ data }) => data.outcome === 'known')];
    if (known?.type !== 'ArchitectureClaimDecided') throw new Error('nobody copies');
    const { submission, discoverer } = known.data;
    const opening = events
      .flatMap(({ stream }, at) => (stream === `submission-${submission}` ? [at] : []))
      .slice(0, 2);
    const [opened, ...rest] = entries.filter((_, at) => !opening.includes(at));
    const moved = opening.flatMap((at) => entries[at] ?? []);
    const forged = [...(opened === undefined ? [] : [opened]), ...moved, ...rest];
    // It has to wait for the copy now, which at that place is not reviewed yet.
    const called = indexOf('ConfirmationCalled', ({ stream }) => stream === `submission-${discoverer}`);
    expect(await resigned(forged)).toMatchObject({ ok: false, index: called + moved.length });
  });

  test('an event left out', async () => {
    const index = indexOf('RunMeasured');
    // The next of its stream has a revision too many; everything behind the gap stands one place further to the front.
    expect(await resigned(entries.toSpliced(index, 1))).toMatchObject({
      ok: false,
      index: nextInStream(index) - 1,
    });
  });

  test('an event told twice', async () => {
    const index = indexOf('SubmissionScored');
    const again = entries[index];
    if (again === undefined) throw new Error('no score');
    expect(await resigned(entries.toSpliced(index, 0, again))).toMatchObject({ ok: false, index: index + 1 });
  });

  test('the end taken back: noticed by whoever has seen more', async () => {
    const seen = join(scratch, 'seen');
    expect(await verifyLedger(honest.directory, { key, seen })).toMatchObject({ ok: true });
    expect(await resigned(entries.slice(0, -1), seen)).toMatchObject({ ok: false, file: 'checkpoint' });
    expect(await resigned(entries.slice(0, -1))).toMatchObject({ ok: true });
  });

  test('another past, valid in itself: noticed by whoever has seen the first', async () => {
    const seen = join(scratch, 'seen-2');
    expect(await verifyLedger(honest.directory, { key, seen })).toMatchObject({ ok: true });
    const index = indexOf('SubmissionReceived');
    const event = events[index];
    if (event === undefined) throw new Error('nothing was received');
    const forged = entries.with(index, canonicalBytes({ ...event, time: '2020-01-01T00:00:00.000Z' }));
    expect(await resigned(forged)).toMatchObject({ ok: true });
    expect(await resigned(forged, seen)).toMatchObject({ ok: false, file: 'checkpoint' });
  });
});
