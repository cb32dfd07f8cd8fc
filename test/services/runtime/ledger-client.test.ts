import { describe, expect, test } from '@jest/globals';
import type { Decided } from '../../../domain/events/catalogue.ts';
import { streamOf } from '../../../domain/events/ids.ts';
import type { LedgerState } from '../../../domain/ledger/state.ts';
import { StoreUnavailableError } from '../../../domain/ports.ts';
import { RefusedError } from '../../../domain/refused.ts';
import type { Writing } from '../../../services/runtime/ledger-client.ts';
import { settleOwed } from '../../../services/runtime/settle.ts';
import { engineWith } from '../../support/engine.ts';
import { closeEpoch, openLedger, smallPolicy } from '../../support/history.ts';
import { epochClosed } from '../../support/randomness.ts';

const ID = '00000000-0000-0000-0000-000000000001';

function writing(step: string, stream: string = streamOf.policy): Writing {
  return { stream, actor: 'test', correlationId: ID, cause: null, step, attempt: 1 };
}

const adopted = (name: string): Decided => ({
  type: 'PolicyAdopted',
  data: { policy: { ...smallPolicy, name }, reason: '' },
});

/** Adopts the policy unless it stands: what every writer does that may have to repeat itself. */
const adopt = (name: string) => (state: LedgerState) => (state.policy?.name === name ? [] : [adopted(name)]);

const lost = (): never => {
  throw new StoreUnavailableError('no answer');
};

/** Throws in the first `times` calls. */
function failing(times: number): () => void {
  let left = times;
  return () => {
    if (left === 0) return;
    left -= 1;
    lost();
  };
}

describe('writers that write to one stream at once', () => {
  test('all get their turn, and all read the same history', async () => {
    const { client, types } = await engineWith();
    const clients = Array.from({ length: 8 }, () => client());
    let decisions = 0;
    await Promise.all(
      clients.map((one, index) =>
        one.commit(writing(`adopt ${index}`), () => {
          decisions += 1;
          return [adopted(`policy-${index}`)];
        }),
      ),
    );
    // More than one each: somebody was slower and decided anew.
    expect(decisions).toBeGreaterThan(8);
    expect(await types()).toEqual(['LedgerOpened', ...Array(8).fill('PolicyAdopted')]);
    for (const one of clients) await one.catchUp();
    expect(new Set(clients.map(({ state }) => state.policy?.name)).size).toBe(1);
    expect(clients.map(({ state }) => state.revisions.get(streamOf.policy))).toEqual(Array(8).fill(8));
  });

  test('for the same cause write one event, whoever is first', async () => {
    const { client, types } = await engineWith();
    await Promise.all(
      [client(), client(), client()].map((one) => one.commit(writing('adopt'), adopt('second'))),
    );
    expect(await types()).toEqual(['LedgerOpened', 'PolicyAdopted']);
  });

  test('within one process come one after another', async () => {
    const engine = await engineWith();
    const one = engine.client();
    const close = (): Promise<unknown> =>
      one.commit({ ...writing('close'), stream: streamOf.epoch(one.state.lastEpoch + 1) }, (state) => [
        epochClosed(state.lastEpoch + 1),
      ]);
    await one.catchUp();
    await close();
    await Promise.all([one.commit(writing('a'), adopt('a')), one.commit(writing('b'), adopt('b'))]);
    expect(one.state.policy?.name).toBe('b');
    expect(one.state.lastEpoch).toBe(1);
  });
});

describe('a store that is away', () => {
  test('that has lost an acknowledgement is not written to twice', async () => {
    const { client, clock, types } = await engineWith();
    const one = client({ faults: { afterAppend: failing(1) } });
    let done = false;
    const committed = one.commit(writing('adopt'), adopt('second')).finally(() => {
      done = true;
    });
    await clock.until(() => done);
    expect(await committed).toMatchObject([{ type: 'PolicyAdopted' }]);
    expect(await types()).toEqual(['LedgerOpened', 'PolicyAdopted']);
    expect(one.state.policy?.name).toBe('second');
  });

  test('that has lost an acknowledgement is not written to twice where the same could be decided again', async () => {
    const { client, clock, types } = await engineWith();
    const one = client({ faults: { afterAppend: failing(1) } });
    let done = false;
    const again = (state: LedgerState): readonly Decided[] => [
      {
        type: 'PolicyAdopted',
        data: { policy: { ...smallPolicy, name: `after ${state.size}` }, reason: 'renewed' },
      },
    ];
    void one.commit(writing('renew'), again).finally(() => {
      done = true;
    });
    await clock.until(() => done);
    expect(await types()).toEqual(['LedgerOpened', 'PolicyAdopted']);
    expect(one.state.policy?.name).toBe('after 1');
  });

  test('is waited for, by default for as long as it takes', async () => {
    const { client, clock, types } = await engineWith();
    const started = clock.now();
    const one = client({ faults: { beforeAppend: failing(500), beforeRead: failing(100) } });
    let done = false;
    void one.commit(writing('adopt'), adopt('second')).then(() => {
      done = true;
    });
    await clock.until(() => done);
    expect(await types()).toEqual(['LedgerOpened', 'PolicyAdopted']);
    expect(clock.now() - started).toBe(600 * 200);
  });

  test('is given up on after the tries that were given, and nothing was written', async () => {
    const { client, clock, types } = await engineWith();
    let appends = 0;
    const beforeAppend = (): void => {
      appends += 1;
      lost();
    };
    const one = client({ tries: 3, faults: { beforeAppend } });
    let failure: unknown;
    void one.commit(writing('adopt'), adopt('second')).catch((error: unknown) => {
      failure = error;
    });
    await clock.until(() => failure !== undefined);
    expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(appends).toBe(3);
    expect(await types()).toEqual(['LedgerOpened']);
  });
});

describe('a decision', () => {
  test('that is refused writes nothing, and the client goes on', async () => {
    const { client, types } = await engineWith();
    const one = client();
    const refuse = one.commit(writing('adopt'), () => {
      throw new RefusedError('too-early', 'not today');
    });
    await expect(refuse).rejects.toMatchObject({ code: 'too-early' });
    await one.commit(writing('adopt'), adopt('second'));
    expect(await types()).toEqual(['LedgerOpened', 'PolicyAdopted']);
  });

  test('of nothing writes nothing and wakes nobody', async () => {
    const { client, types, bus } = await engineWith();
    expect(await client().commit(writing('nothing'), () => [])).toEqual([]);
    expect(await types()).toEqual(['LedgerOpened']);
    expect(bus.woken).toEqual([]);
  });

  test('that is no event of the catalogue never reaches the store', async () => {
    const { client, types } = await engineWith();
    const bad: Decided = epochClosed(0);
    await expect(client().commit(writing('bad', 'epoch-0'), () => [bad])).rejects.toThrow('EpochClosed');
    expect(await types()).toEqual(['LedgerOpened']);
  });

  test('is written with its cause, its actor and the time, and wakes its category', async () => {
    const { client, store, bus, clock } = await engineWith();
    await client().commit({ ...writing('adopt'), cause: ID }, adopt('second'));
    const stored: unknown[] = [];
    for await (const { event } of store.readStream(streamOf.policy, 1)) stored.push(event);
    expect(stored).toMatchObject([
      {
        type: 'PolicyAdopted',
        revision: 1,
        time: new Date(clock.now()).toISOString(),
        meta: { correlationId: ID, causationId: ID, actor: 'test' },
      },
    ]);
    expect(bus.woken).toEqual(['policy']);
  });
});

describe('catching up', () => {
  test('folds each event once and tells of it, in order, as it stands in the store', async () => {
    const builder = closeEpoch(openLedger()).settle();
    const { client } = await engineWith(builder);
    const told: unknown[] = [];
    const one = client({ onEvent: (event, index, stored) => told.push([event.type, index, stored]) });
    expect(await one.catchUp()).toBe(4);
    expect(await one.catchUp()).toBe(0);
    expect(told).toEqual(builder.events.map((event, index) => [event.type, index, event]));
  });

  test('refuses an event that cannot follow', async () => {
    const { client, store } = await engineWith();
    const event = closeEpoch(openLedger()).events.at(-2);
    if (event === undefined) throw new Error('no event');
    const { stream: _stream, revision: _revision, ...rest } = event;
    await store.append(streamOf.epoch(2), 'no-stream', [rest]);
    await expect(client().catchUp()).rejects.toThrow('epoch 1 belongs in epoch-1');
  });

  test('has no ledger before one is opened', async () => {
    const engine = await engineWith();
    expect(() => engine.client().ledger).toThrow('not open');
  });
});

describe('what is owed', () => {
  test('is settled once, by however many', async () => {
    const { client, types } = await engineWith(closeEpoch(openLedger()));
    const clients = [client(), client(), client()];
    for (const one of clients) await one.catchUp();
    const settling = clients.flatMap((one) =>
      [...one.state.owed.values()].map((owed) => settleOwed(one, owed, 'test')),
    );
    expect(settling).toHaveLength(3);
    await Promise.all(settling);
    expect(await types()).toEqual(['LedgerOpened', 'EpochClosed', 'SeedRevealed', 'WeightsDerived']);
    const [one] = clients;
    expect(one?.state.owed.size).toBe(0);
  });

  test('and settled already is left alone', async () => {
    const { client, types } = await engineWith(closeEpoch(openLedger()));
    const one = client();
    await one.catchUp();
    const owed = [...one.state.owed.values()];
    for (const again of [...owed, ...owed]) await settleOwed(one, again, 'test');
    expect(await types()).toEqual(['LedgerOpened', 'EpochClosed', 'SeedRevealed', 'WeightsDerived']);
  });
});
