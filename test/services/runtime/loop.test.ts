import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../../domain/ports.ts';
import { silentLogger } from '../../../services/runtime/logger.ts';
import { runService, type Service } from '../../../services/runtime/loop.ts';
import { type Engine, engineWith, type StoreFaults } from '../../support/engine.ts';

/** A service whose items are names in a set; handled, they leave it. */
function serviceOf(waiting: Set<string>, handle: (item: string) => void | Promise<void>): Service<string> {
  return {
    name: 'test',
    todo: () => [...waiting],
    keyOf: (item) => item,
    async handle(item) {
      await handle(item);
      waiting.delete(item);
    },
  };
}

interface Run {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

function run(engine: Engine, service: Service<string>, faults: StoreFaults = {}): Run {
  const stop = new AbortController();
  const parts = {
    client: engine.client({ faults }),
    bus: engine.bus,
    clock: engine.clock,
    log: silentLogger,
  };
  const ended = runService(service, parts, stop.signal);
  return { stop, ended };
}

async function end(engine: Engine, { stop, ended }: Run): Promise<void> {
  stop.abort();
  await engine.clock.settle();
  await ended;
}

describe('the loop', () => {
  test('handles what waits, most urgent first, one at a time', async () => {
    const engine = await engineWith();
    const handled: string[] = [];
    const waiting = new Set(['a', 'b', 'c']);
    const running = run(
      engine,
      serviceOf(waiting, (item) => void handled.push(item)),
    );
    await engine.clock.settle();
    expect(handled).toEqual(['a', 'b', 'c']);
    await end(engine, running);
  });

  test('looks once a second without a wake-up, at once with one', async () => {
    const engine = await engineWith();
    const handled: [string, number][] = [];
    const started = engine.clock.now();
    const waiting = new Set<string>();
    const running = run(
      engine,
      serviceOf(waiting, (item) => void handled.push([item, engine.clock.now() - started])),
    );
    await engine.clock.settle();
    waiting.add('unnoticed');
    await engine.clock.pass(999);
    expect(handled).toEqual([]);
    await engine.clock.pass(1);
    expect(handled).toEqual([['unnoticed', 1_000]]);
    await engine.clock.pass(300);
    waiting.add('noticed');
    engine.bus.wake('submission');
    await engine.clock.settle();
    expect(handled).toEqual([
      ['unnoticed', 1_000],
      ['noticed', 1_300],
    ]);
    await end(engine, running);
  });

  test('does not miss a wake-up that comes while it looks or works', async () => {
    const engine = await engineWith();
    const handled: string[] = [];
    const waiting = new Set(['first']);
    const service = serviceOf(waiting, (item) => void handled.push(item));
    const started = engine.clock.now();
    let looks = 0;
    const running = run(engine, {
      ...service,
      todo(state, now) {
        const seen = service.todo(state, now);
        looks += 1;
        // Right after it has looked for the second time, something new comes.
        if (looks === 2) {
          waiting.add('second');
          engine.bus.wake('submission');
        }
        return seen;
      },
    });
    await engine.clock.settle();
    expect(handled).toEqual(['first', 'second']);
    expect(engine.clock.now()).toBe(started);
    await end(engine, running);
  });

  test('leaves a failing item alone for longer and longer, up to a minute, while others go on', async () => {
    const engine = await engineWith();
    const started = engine.clock.now();
    const at: number[] = [];
    const handled: string[] = [];
    const waiting = new Set(['bad', 'good']);
    const running = run(
      engine,
      serviceOf(waiting, (item) => {
        if (item !== 'bad') return void handled.push(item);
        at.push((engine.clock.now() - started) / 1_000);
        throw new Error('always');
      }),
    );
    await engine.clock.settle();
    expect(handled).toEqual(['good']);
    await engine.clock.until(() => at.length === 9);
    expect(at).toEqual([0, 2, 6, 14, 30, 62, 122, 182, 242]);
    await end(engine, running);
  });

  test('starts afresh with an item that has worked in between', async () => {
    const engine = await engineWith();
    const started = engine.clock.now();
    const at: number[] = [];
    const waiting = new Set(['item']);
    const outcomes = ['fail', 'fail', 'work', 'fail', 'work'];
    const running = run(
      engine,
      serviceOf(waiting, () => {
        at.push((engine.clock.now() - started) / 1_000);
        if (outcomes.shift() === 'fail') throw new Error('sometimes');
      }),
    );
    await engine.clock.until(() => waiting.size === 0);
    waiting.add('item');
    await engine.clock.until(() => waiting.size === 0);
    // 2 s and 4 s after the first failures; then, a second later, again only 2 s.
    expect(at).toEqual([0, 2, 6, 7, 9]);
    await end(engine, running);
  });

  test('waits out an outage of the store', async () => {
    const engine = await engineWith();
    let away = true;
    const waiting = new Set(['item']);
    const beforeRead = (): void => {
      if (away) throw new StoreUnavailableError('away');
    };
    const running = run(
      engine,
      serviceOf(waiting, () => undefined),
      { beforeRead },
    );
    await engine.clock.pass(3_600_000);
    expect(waiting.size).toBe(1);
    away = false;
    await engine.clock.pass(1_000);
    expect(waiting.size).toBe(0);
    await end(engine, running);
  });

  test('ends where the store is broken rather than away', async () => {
    const engine = await engineWith();
    const beforeRead = (): void => {
      throw new Error('the file is no database');
    };
    const { ended } = run(
      engine,
      serviceOf(new Set(), () => undefined),
      { beforeRead },
    );
    await expect(ended).rejects.toThrow('no database');
    expect(engine.bus.listeners.size).toBe(0);
  });

  test('ends when it is told to, after the item that it is at', async () => {
    const engine = await engineWith();
    let release: () => void = () => undefined;
    const waiting = new Set(['long', 'next']);
    const handled: string[] = [];
    const running = run(
      engine,
      serviceOf(waiting, async (item) => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        handled.push(item);
      }),
    );
    await engine.clock.settle();
    running.stop.abort();
    release();
    await running.ended;
    expect(handled).toEqual(['long']);
    expect(engine.bus.listeners.size).toBe(0);
  });

  test('ends at once while it waits', async () => {
    const engine = await engineWith();
    const started = engine.clock.now();
    const running = run(
      engine,
      serviceOf(new Set(), () => undefined),
    );
    await engine.clock.settle();
    await end(engine, running);
    expect(engine.clock.now()).toBe(started);
  });
});
