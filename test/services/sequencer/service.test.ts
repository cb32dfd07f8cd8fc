/** The sequencer on a real log folder. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventBytes } from '../../../domain/events/envelope.ts';
import { appendToEdge, EMPTY_EDGE, edgeRoot } from '../../../domain/log/edge.ts';
import { verifyLog } from '../../../domain/log/verify-log.ts';
import { directoryFiles } from '../../../infra/log-directory/directory-files.ts';
import { silentLogger } from '../../../services/runtime/logger.ts';
import { runService } from '../../../services/runtime/loop.ts';
import {
  type LogPort,
  OtherHistoryError,
  sequencer,
  Unsequenced,
} from '../../../services/sequencer/service.ts';
import { type Engine, engineWith } from '../../support/engine.ts';
import { closeEpoch, tell } from '../../support/history.ts';
import { type LogFolder, logFolder } from '../../support/log-folder.ts';

const builder = closeEpoch(
  tell([{ hotkey: 'A', kind: 'full', architecture: 'gpt', training: 'a', gain: 300_000 }]),
).settle();
const entries = builder.entries();

let folder: LogFolder;
beforeEach(async () => {
  folder = await logFolder();
});
afterEach(() => folder.remove());

/** Of the folder; fails where it is told to, before or after it has written. */
function portOf(failures: ('before' | 'after')[] = []): LogPort {
  return {
    size: () => folder.writer.checkpoint.size,
    root: () => folder.writer.checkpoint.root,
    async append(all) {
      const failure = failures.shift();
      if (failure === 'before') throw new Error('the disk is full');
      await folder.writer.append(all);
      if (failure === 'after') throw new Error('the disk is full');
    },
  };
}

async function sequence(engine: Engine, log: LogPort, done: () => boolean): Promise<void> {
  const unsequenced = new Unsequenced(log);
  const client = engine.client({ onEvent: (_event, index, stored) => unsequenced.add(index, stored) });
  const { bus, clock } = engine;
  const stop = new AbortController();
  const service = sequencer(unsequenced, log, bus);
  const running = runService(service, { client, bus, clock, log: silentLogger }, stop.signal);
  // The folder is written by real system calls, which virtual time does not wait for.
  while (!done()) {
    await clock.pass(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  stop.abort();
  await clock.settle();
  await running;
}

async function logged(): Promise<Buffer[]> {
  const log = await verifyLog(directoryFiles(folder.directory));
  const all: Buffer[] = [];
  for await (const { bytes } of log.entries()) all.push(Buffer.from(bytes));
  return all;
}

describe('the sequencer', () => {
  test('writes the events of the store in their order, byte by byte', async () => {
    const engine = await engineWith(builder);
    await sequence(engine, portOf(), () => folder.writer.checkpoint.size === entries.length);
    expect(await logged()).toEqual(entries);
    expect(engine.bus.woken).toContain('log');
  });

  test('goes on where the log ends', async () => {
    await folder.writer.append(entries.slice(0, 5));
    const engine = await engineWith(builder);
    await sequence(engine, portOf(), () => folder.writer.checkpoint.size === entries.length);
    expect(await logged()).toEqual(entries);
  });

  test('neither loses nor doubles an entry when writing fails, before or after it took effect', async () => {
    const engine = await engineWith(builder);
    const failures: ('before' | 'after')[] = ['before', 'after', 'before'];
    await sequence(engine, portOf(failures), () => folder.writer.checkpoint.size === entries.length);
    expect(await logged()).toEqual(entries);
  });
});

describe('what is not in the log yet', () => {
  const events = builder.events;
  const sizes = { log: 0 };
  const root = () => edgeRoot(appendToEdge(EMPTY_EDGE, entries.slice(0, sizes.log)).edge.tiles);
  const unsequenced = () => new Unsequenced({ size: () => sizes.log, root, append: async () => undefined });

  test('comes in batches of at most 4,096, from where the log ends', () => {
    sizes.log = 0;
    const [event] = events;
    if (event === undefined) throw new Error('no event');
    const waiting = unsequenced();
    for (let index = 0; index < 5_000; index += 1) waiting.add(index, event);
    expect(waiting.next()).toHaveLength(4_096);
    sizes.log = 4_096;
    expect(waiting.next()).toHaveLength(904);
    sizes.log = 5_000;
    expect(waiting.next()).toEqual([]);
  });

  test('leaves out what another writer has written', () => {
    sizes.log = 2;
    const waiting = unsequenced();
    for (const [index, event] of events.slice(0, 4).entries()) waiting.add(index, event);
    expect(waiting.next()).toEqual(events.slice(2, 4).map(eventBytes));
    sizes.log = 3;
    expect(waiting.next()).toEqual(events.slice(3, 4).map(eventBytes));
  });

  test('is refused where the store has another past than the log has signed', () => {
    sizes.log = 3;
    const waiting = unsequenced();
    const [first, second, third] = events;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no events');
    waiting.add(0, first);
    waiting.add(1, second);
    expect(() => waiting.add(2, { ...third, time: '2026-01-01T00:00:00.000Z' })).toThrow(OtherHistoryError);
  });
});
