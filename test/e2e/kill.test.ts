/**
 * Every process of the engine is killed in the middle of its work, and nothing is lost or doubled. The moments come from a seed: try others
 * with PRISM_KILL_SEED=<number>.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PrismEvent } from '../../domain/events/catalogue.ts';
import { parseEvent } from '../../domain/events/codec.ts';
import { eventBytes } from '../../domain/events/envelope.ts';
import { openEventStore } from '../../infra/event-store/index.ts';
import { runningEngine } from '../../services/cli/client.ts';
import { closeEpoch } from '../../services/cli/operator.main.ts';
import { SERVICES } from '../../services/cli/supervisor.ts';
import { placesOf, type Settings } from '../../services/settings.ts';
import * as projects from '../support/engine-projects.ts';
import { seededRandom } from '../support/random.ts';
import {
  containersOf,
  handOver,
  isSettled,
  logEvents,
  pause,
  shortPolicy,
  shown,
  testFolder,
  until,
  verified,
} from '../support/real-engine.ts';

const MINUTE = 60_000;
const MAIN = join(import.meta.dirname, '../../services/cli/main.ts');
/** Only equal architectures are alike: nothing is held for an operator. */
const policy = { ...shortPolicy, ownership: { ...shortPolicy.ownership, nearMatchPpm: 1_000_000 } };

const frequencies = projects.architectureOnly(projects.FREQUENCIES);
const MINERS = [
  { zip: frequencies, hotkey: 'hotkey-first', claims: ['discovered', null] },
  {
    zip: projects.withRecipe(projects.AVERAGES, 0.002),
    hotkey: 'hotkey-other',
    claims: ['discovered', expect.any(String)],
  },
  { zip: projects.importsSocket, hotkey: 'hotkey-socket', claims: [null, null] },
  { zip: frequencies, hotkey: 'hotkey-copy', claims: ['known', null] },
  { zip: projects.ignorant, hotkey: 'hotkey-ignorant', claims: ['unproven', null] },
].map((miner, number) => ({ ...miner, nonce: `nonce-${number}` }));

/** Whether a process is gone; one that nobody has waited for yet is. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') ?? true;
  } catch {
    return true;
  }
}

async function storedEvents(settings: Settings): Promise<{ event: PrismEvent; bytes: Buffer }[]> {
  const store = openEventStore(placesOf(settings).store);
  const events: { event: PrismEvent; bytes: Buffer }[] = [];
  for await (const { event } of store.readAll(null))
    events.push({ event: parseEvent(event), bytes: eventBytes(event) });
  await store.close();
  return events;
}

const ofType = <T extends PrismEvent['type']>(events: readonly { event: PrismEvent }[], type: T) =>
  events
    .map(({ event }) => event)
    .filter((event): event is Extract<PrismEvent, { type: T }> => event.type === type);

/** How often each key occurs. */
function counted(keys: readonly string[]): { [key: string]: number } {
  const counts: { [key: string]: number } = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

const onceEach = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, 1]));

/** What must hold of a finished ledger, whatever was killed on the way. */
async function expectNothingLostOrDoubled(
  settings: Settings,
  ids: readonly string[],
  epochs: number,
): Promise<void> {
  const stored = await storedEvents(settings);
  const subject = (event: PrismEvent): string => event.stream.slice('submission-'.length);
  expect(counted(ofType(stored, 'SubmissionReceived').map(subject))).toEqual(onceEach(ids));
  const rejected = ofType(stored, 'SubmissionRejected').map(subject);
  const scored = ids.filter((id) => !rejected.includes(id));
  expect(counted(rejected)).toEqual(onceEach(rejected));
  expect(counted(ofType(stored, 'SubmissionScored').map(subject))).toEqual(onceEach(scored));
  const runs = ofType(stored, 'RunMeasured').map(
    (event) => `${subject(event)} ${event.data.pair} ${event.data.seed}`,
  );
  expect(counted(runs)).toEqual(onceEach(runs));
  const claimed = (type: 'ArchitectureClaimDecided' | 'TrainingClaimDecided') =>
    counted(ofType(stored, type).map((event) => event.data.submission));
  expect(claimed('ArchitectureClaimDecided')).toEqual(onceEach(scored));
  const recipes = ids.filter((id) => runs.includes(`${id} recipe 0`));
  expect(claimed('TrainingClaimDecided')).toEqual(onceEach(recipes));
  const numbers = Array.from({ length: epochs }, (_, index) => `${index + 1}`);
  for (const type of ['EpochClosed', 'WeightsDerived', 'WeightsEmitted'] as const)
    expect(counted(ofType(stored, type).map((event) => `${event.data.epoch}`))).toEqual(onceEach(numbers));

  const logged = await until('the sequencer', async () => {
    const events = await logEvents(settings);
    return events.length === stored.length && events;
  });
  expect(logged.map(({ bytes }) => bytes.toString('utf8'))).toEqual(
    stored.map(({ bytes }) => bytes.toString('utf8')),
  );
  expect((await verified(settings)).size).toBe(stored.length);
}

describe('kill -9 in the middle of a run', () => {
  test(
    'of every service and of nats-server: it finishes, nothing lost or doubled',
    async () => {
      const seed = Number(process.env.PRISM_KILL_SEED ?? 1);
      process.stderr.write(`PRISM_KILL_SEED=${seed}\n`);
      const random = seededRandom(seed);
      const folder = testFolder({}, policy);
      const { settings } = folder;
      const engine = await folder.start();
      const killed = new Map<string, number>();
      try {
        // Each at a size of the ledger, and up to half a second later; the run has about fifty events.
        const moments = [...SERVICES, 'nats-server'].map(async (name) => {
          const [size, delay] = [2 + random.int(40), random.int(500)];
          await until(`event ${size}`, async () => (await storedEvents(settings)).length >= size);
          await pause(delay);
          const pid = runningEngine(settings).pids[name] ?? 0;
          process.kill(pid, 'SIGKILL');
          killed.set(name, pid);
        });
        const closing = until('the third submission', async () => {
          return ofType(await storedEvents(settings), 'SubmissionReceived').length >= 3;
        }).then(() => closeEpoch(settings));
        const ids: string[] = [];
        for (const miner of MINERS) {
          ids.push(await handOver(settings, engine.gatewayUrl, miner));
          await pause(random.int(3_000));
        }
        await Promise.all([...moments, closing]);
        for (const [number, id] of ids.entries()) {
          const view = await until(`the end of ${MINERS[number]?.hotkey}`, async () => {
            const now = await shown(engine.gatewayUrl, id);
            return isSettled(now) && now;
          });
          expect([view.architectureClaim, view.trainingClaim]).toEqual(MINERS[number]?.claims);
        }
        expect(await closeEpoch(settings)).toBe(2);
        await until(
          'the second emission',
          async () => ofType(await storedEvents(settings), 'WeightsEmitted').length === 2,
        );
        await expectNothingLostOrDoubled(settings, ids, 2);
        await until('the end of all containers', async () => (await containersOf(settings)) === 0, 30);
        const { pids } = runningEngine(settings);
        for (const [name, pid] of killed) expect({ name, pid: pids[name] }).not.toEqual({ name, pid });
        expect(killed.size).toBe(SERVICES.length + 1);
      } finally {
        await engine.stop();
      }
      for (const pid of killed.values()) expect(isGone(pid)).toBe(true);
      expect(await containersOf(settings)).toBe(0);
      await folder.remove();
    },
    5 * MINUTE,
  );

  test(
    'of the supervisor: its children end with it, and the next one goes on',
    async () => {
      const folder = testFolder({}, policy);
      const { settings } = folder;
      const up = (): ChildProcess =>
        spawn(
          process.execPath,
          [MAIN, '--data', settings.data, 'up', '--port', '0', '--policy', folder.policyFile],
          {
            env: { ...process.env, PRISM_WORKER: settings.worker, PRISM_PARALLEL: '2' },
            stdio: 'ignore',
          },
        );
      const started = (child: ChildProcess) =>
        until('the engine', async () => {
          const engine = runningEngine(settings);
          return engine.pid === child.pid && (await fetch(`${engine.gateway}/health`)).ok && engine;
        });
      const first = up();
      const engine = await started(first);
      const [learner] = MINERS;
      if (learner === undefined) throw new Error('no miner');
      const id = await handOver(settings, engine.gateway, learner);
      await until('a container', async () => (await containersOf(settings)) > 0);
      const { pids } = runningEngine(settings);
      expect(Object.keys(pids).sort()).toEqual([...SERVICES, 'nats-server'].sort());
      first.kill('SIGKILL');
      await until('the end of the children', async () => Object.values(pids).every(isGone), 30);
      expect(() => runningEngine(settings)).toThrow('no engine runs');

      const second = up();
      const { gateway } = await started(second);
      try {
        await until('the score', async () => isSettled(await shown(gateway, id)));
        await closeEpoch(settings);
        await until(
          'the emission',
          async () => ofType(await storedEvents(settings), 'WeightsEmitted').length === 1,
        );
        await expectNothingLostOrDoubled(settings, [id], 1);
      } finally {
        second.kill('SIGTERM');
        await until('the end of the engine', async () => second.exitCode !== null, 40);
      }
      expect(second.exitCode).toBe(0);
      expect(await containersOf(settings)).toBe(0);
      await folder.remove();
    },
    4 * MINUTE,
  );
});
