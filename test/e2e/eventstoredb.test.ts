/**
 * The whole engine with its events in EventStoreDB, through the real client over gRPC: `--store esdb://...` is all that changes. No server can be
 * had here, so it talks to a double on loopback; test/doubles/eventstoredb/server.ts says what that is and what it is not.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getJson } from '../../services/cli/client.ts';
import { closeEpoch } from '../../services/cli/operator.main.ts';
import type { Engine } from '../../services/cli/up.main.ts';
import { placesOf } from '../../services/settings.ts';
import { type EventStoreDbDouble, startEventStoreDbDouble } from '../doubles/eventstoredb/server.ts';
import * as projects from '../support/engine-projects.ts';
import {
  handOver,
  isSettled,
  logEvents,
  pause,
  shown,
  type TestFolder,
  testFolder,
  until,
  verified,
} from '../support/real-engine.ts';

const MINUTE = 60_000;

let server: EventStoreDbDouble;
let folder: TestFolder;
let engine: Engine;
beforeAll(async () => {
  server = await startEventStoreDbDouble();
  folder = testFolder({ store: server.url });
  engine = await folder.start();
}, MINUTE);
afterAll(async () => {
  await engine.stop();
  server.stop();
  await folder.remove();
}, MINUTE);

test(
  'from a ZIP to weights, with the server away in the middle and an acknowledgement lost',
  async () => {
    const { settings } = folder;
    const first = {
      zip: projects.architectureOnly(projects.FREQUENCIES),
      hotkey: 'hotkey-first',
      nonce: 'n-1',
    };
    const other = {
      zip: projects.withRecipe(projects.AVERAGES, 0.002),
      hotkey: 'hotkey-other',
      nonce: 'n-1',
    };
    const ids = [await handOver(settings, engine.gatewayUrl, first)];
    await until('the start of the evaluation', () =>
      Promise.resolve(server.log.all.some(({ type }) => type === 'EvaluationStarted')),
    );
    server.stop();
    await pause(2_000);
    await server.start();
    server.loseNextAcknowledgement();
    ids.push(await handOver(settings, engine.gatewayUrl, other));
    for (const id of ids) {
      const settled = await until('the claims', async () => {
        const view = await shown(engine.gatewayUrl, id);
        return isSettled(view) && view;
      });
      expect(settled).toMatchObject({ status: 'completed', architectureClaim: 'discovered' });
    }
    await closeEpoch(settings);
    await until('the emission', () =>
      Promise.resolve(server.log.all.some(({ type }) => type === 'WeightsEmitted')),
    );

    const events = await until('the sequencer', async () => {
      const logged = await logEvents(settings);
      return logged.length === server.log.all.length && logged;
    });
    expect(events.map(({ event }) => event.id)).toEqual(server.log.all.map(({ id }) => id));
    const count = (type: string) => events.filter(({ event }) => event.type === type).length;
    expect(['SubmissionReceived', 'SubmissionScored', 'WeightsDerived', 'WeightsEmitted'].map(count)).toEqual(
      [2, 2, 1, 1],
    );
    expect((await verified(settings)).size).toBe(events.length);
    expect(await getJson(`${engine.gatewayUrl}/v1/leaderboard`)).toMatchObject({
      entries: [{ hotkey: expect.any(String) }, { hotkey: expect.any(String) }],
    });
    expect(new Set(server.calls)).not.toContain('BatchAppend');
    // Nothing was kept beside it: the embedded store was never made.
    expect(() => readFileSync(placesOf({ ...settings, store: null }).store)).toThrow('ENOENT');
  },
  4 * MINUTE,
);

test(
  'a second start goes on with what the server has',
  async () => {
    const { settings } = folder;
    const before = server.log.all.length;
    await engine.stop();
    engine = await folder.start();
    const id = await handOver(settings, engine.gatewayUrl, {
      zip: projects.notAZip,
      hotkey: 'hotkey-later',
      nonce: 'n-1',
    });
    await until('the rejection', async () => (await shown(engine.gatewayUrl, id)).status === 'rejected');
    expect((await verified(settings)).size).toBe(before + 2);
  },
  MINUTE,
);
