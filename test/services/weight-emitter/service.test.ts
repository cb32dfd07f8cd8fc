import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../../domain/events/canonical.ts';
import { StoreUnavailableError } from '../../../domain/ports.ts';
import { silentLogger } from '../../../services/runtime/logger.ts';
import { runService } from '../../../services/runtime/loop.ts';
import { emitterTodo, weightEmitter } from '../../../services/weight-emitter/service.ts';
import { type Engine, engineWith, type StoreFaults } from '../../support/engine.ts';
import { closeEpoch, openLedger, tell } from '../../support/history.ts';

async function run(engine: Engine, faults: readonly StoreFaults[], ms = 5_000): Promise<void> {
  const stop = new AbortController();
  const { bus, clock } = engine;
  const running = faults.map((own) => {
    const client = engine.client({ faults: own });
    return runService(weightEmitter(client), { client, bus, clock, log: silentLogger }, stop.signal);
  });
  await clock.pass(ms);
  stop.abort();
  await clock.settle();
  await Promise.all(running);
}

async function dataOf(engine: Engine, type: string): Promise<{ readonly [key: string]: unknown }[]> {
  const found: { readonly [key: string]: unknown }[] = [];
  for await (const { event } of engine.store.readAll(null)) if (event.type === type) found.push(event.data);
  return found;
}

const discovered = { hotkey: 'A', kind: 'full', architecture: 'gpt', training: 'a', gain: 300_000 } as const;

describe('the weight emitter', () => {
  test('derives the weights of each closed epoch and records their emission once, however many run', async () => {
    const engine = await engineWith(closeEpoch(closeEpoch(tell([discovered]))));
    await run(engine, [{}, {}, {}]);
    const weights = await dataOf(engine, 'WeightsDerived');
    expect(weights).toMatchObject([
      { epoch: 1, shares: [{ hotkey: 'A' }] },
      { epoch: 2, shares: [{ hotkey: 'A' }] },
    ]);
    expect(await dataOf(engine, 'WeightsEmitted')).toEqual(
      [1, 2].map((epoch, index) => ({
        epoch,
        target: 'dry-run',
        weightsDigest: digestOf(weights[index]),
        receipt: { kind: 'dry-run', detail: expect.stringContaining('nothing was sent: 1 hotkeys') },
      })),
    );
  });

  test('emits once although no append of its is ever acknowledged', async () => {
    const engine = await engineWith(closeEpoch(openLedger()));
    let appends = 0;
    const afterAppend = (): void => {
      appends += 1;
      throw new StoreUnavailableError('the acknowledgement was lost');
    };
    await run(engine, [{ afterAppend }]);
    expect(appends).toBe(2);
    expect(await dataOf(engine, 'WeightsDerived')).toHaveLength(1);
    expect(await dataOf(engine, 'WeightsEmitted')).toHaveLength(1);
  });
});

test('what waits for it are weights that are owed, then weights that were not sent', () => {
  const types = (items: ReturnType<typeof emitterTodo>) => items.map(({ type }) => type);
  const builder = closeEpoch(openLedger());
  expect(types(emitterTodo(builder.state))).toEqual(['owed']);
  expect(types(emitterTodo(builder.settle().state))).toEqual(['emit']);
  expect(types(emitterTodo(closeEpoch(builder).state))).toEqual(['owed', 'emit']);
  expect(types(emitterTodo(openLedger().state))).toEqual([]);
});
