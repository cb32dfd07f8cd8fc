/** The whole engine as its users meet it: real processes, NATS, containers and PyTorch, on a plan of eight steps. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { canonicalBytes } from '../../domain/events/canonical.ts';
import { envelopeSchema } from '../../domain/events/envelope.ts';
import { parseVkey } from '../../domain/log/keys.ts';
import { verifyReceipt } from '../../domain/log/receipt.ts';
import { checkProject } from '../../services/cli/check.main.ts';
import { getJson, runningEngine, submitProject } from '../../services/cli/client.ts';
import { adoptPolicy, closeEpoch, resolveHold } from '../../services/cli/operator.main.ts';
import { query } from '../../services/cli/query.main.ts';
import type { Engine } from '../../services/cli/up.main.ts';
import { verifyLedger } from '../../services/cli/verify.main.ts';
import { placesOf } from '../../services/settings.ts';
import * as projects from '../support/engine-projects.ts';
import { openEventStream } from '../support/event-stream.ts';
import {
  containersOf,
  handOver,
  isSettled,
  logEvents,
  shortPolicy,
  shown,
  testFolder,
  until,
  verified,
  vkeyOf,
} from '../support/real-engine.ts';

const MINUTE = 60_000;
const folder = testFolder();
const { settings } = folder;
const log = placesOf(settings).log;
const scratch = mkdtempSync(join(tmpdir(), 'prism-e2e-scratch-'));

const MINERS = {
  first: { zip: projects.architectureOnly(projects.FREQUENCIES), hotkey: 'hotkey-first', nonce: 'n-1' },
  other: { zip: projects.withRecipe(projects.AVERAGES, 0.002), hotkey: 'hotkey-other', nonce: 'n-1' },
  alike: {
    zip: projects.architectureOnly(projects.NEARLY_FREQUENCIES),
    hotkey: 'hotkey-alike',
    nonce: 'n-1',
  },
  socket: { zip: projects.importsSocket, hotkey: 'hotkey-socket', nonce: 'n-1' },
  noZip: { zip: projects.notAZip, hotkey: 'hotkey-no-zip', nonce: 'n-1' },
};
type Miner = keyof typeof MINERS;
const ids = new Map<Miner, string>();
const idOf = (miner: Miner): string => ids.get(miner) ?? 'not handed over';

let engine: Engine;
beforeAll(async () => {
  engine = await folder.start();
  for (const miner of Object.keys(MINERS) as Miner[])
    ids.set(miner, await handOver(settings, engine.gatewayUrl, MINERS[miner]));
}, MINUTE);
afterAll(async () => {
  await engine.stop();
  expect(await containersOf(settings)).toBe(0);
  await folder.remove();
  rmSync(scratch, { recursive: true });
}, MINUTE);

const stateSchema = z.looseObject({ index: z.int(), stateDigest: z.string() });
async function answer(path: string) {
  return stateSchema.parse(await getJson(`${engine.gatewayUrl}${path}`));
}

async function weightsBytes(): Promise<string> {
  const token = readFileSync(placesOf(settings).bridgeToken, 'utf8').trim();
  const headers = { Authorization: `Bearer ${token}`, 'X-Platform-Challenge-Slug': settings.slug };
  const response = await fetch(`${engine.gatewayUrl}/internal/v1/get_weights`, { headers });
  expect(response.status).toBe(200);
  return response.text();
}

describe('submissions', () => {
  test(
    'come to their end, each for its own reason',
    async () => {
      const settled = async (miner: Miner) =>
        until(`the end of ${miner}`, async () => {
          const view = await shown(engine.gatewayUrl, idOf(miner));
          return (isSettled(view) || view.status === 'held') && view;
        });
      expect(await settled('first')).toMatchObject({ status: 'completed', architectureClaim: 'discovered' });
      expect(await settled('other')).toMatchObject({
        status: 'completed',
        architectureClaim: 'discovered',
        runs: expect.arrayContaining([expect.objectContaining({ pair: 'recipe' })]),
      });
      expect(await settled('alike')).toMatchObject({ status: 'held', architectureClaim: 'held' });
      expect(await settled('socket')).toMatchObject({
        status: 'rejected',
        reason: { code: 'forbidden-import' },
      });
      expect(await settled('noZip')).toMatchObject({ status: 'rejected', reason: { code: 'not-a-zip' } });
    },
    4 * MINUTE,
  );

  test('the same request again is the same submission, another body under its nonce is refused', async () => {
    const size = (await logEvents(settings)).length;
    expect(await handOver(settings, engine.gatewayUrl, MINERS.first)).toBe(idOf('first'));
    const other = { ...MINERS.first, zip: MINERS.other.zip, filename: 'x.zip' };
    await expect(submitProject(settings, engine.gatewayUrl, other)).rejects.toThrow(/^409: .*nonce-used/);
    expect(await logEvents(settings)).toHaveLength(size);
  });

  test('a request without the token is refused and writes nothing', async () => {
    const size = (await logEvents(settings)).length;
    const response = await fetch(`${engine.gatewayUrl}/internal/v1/bridge/submissions`, {
      method: 'POST',
      body: new Uint8Array(MINERS.first.zip),
      headers: { 'Content-Type': 'application/zip', 'X-Platform-Verified-Hotkey': 'hotkey-first' },
    });
    expect(response.status).toBe(401);
    expect(await logEvents(settings)).toHaveLength(size);
  });
});

describe('a receipt', () => {
  test(
    'waits with 202 for the sequencer, then proves the place in the log',
    async () => {
      const sequencer = runningEngine(settings).pids.sequencer ?? 0;
      process.kill(sequencer, 'SIGSTOP');
      let id: string;
      try {
        const handed = { zip: Buffer.from('nothing'), hotkey: 'hotkey-receipt', nonce: 'n-1' };
        id = await handOver(settings, engine.gatewayUrl, handed);
        const early = await fetch(`${engine.gatewayUrl}/v1/submissions/${id}/receipt`);
        expect(early.status).toBe(202);
        expect(early.headers.get('retry-after')).toBe('1');
      } finally {
        process.kill(sequencer, 'SIGCONT');
      }
      const receipt = await until('the receipt', async () => {
        const response = await fetch(`${engine.gatewayUrl}/v1/submissions/${id}/receipt`);
        return response.status === 200 && (await response.json());
      });
      const { index, event, tlogProof } = z
        .looseObject({ index: z.int(), event: envelopeSchema, tlogProof: z.string() })
        .parse(receipt);
      const verifier = parseVkey(vkeyOf(settings));
      const entry = canonicalBytes(event);
      expect(event).toMatchObject({ type: 'SubmissionReceived', stream: `submission-${id}` });
      expect(verifyReceipt(tlogProof, entry, verifier)).toMatchObject({ index });
      const forged = Buffer.from(entry.toString('utf8').replace('hotkey-receipt', 'hotkey-forged!'));
      expect(() => verifyReceipt(tlogProof, forged, verifier)).toThrow(/index/);
    },
    MINUTE,
  );

  test('of nothing is 404', async () => {
    const id = '00000000-0000-5000-8000-000000000000';
    expect((await fetch(`${engine.gatewayUrl}/v1/submissions/${id}/receipt`)).status).toBe(404);
  });
});

describe('an operator', () => {
  test(
    'resolves a hold, after which the claim is decided',
    async () => {
      await resolveHold(settings, idOf('alike'), {
        outcome: 'refuse',
        reason: 'the same idea, one constant changed',
      });
      const view = await until('the claim', async () => {
        const now = await shown(engine.gatewayUrl, idOf('alike'));
        return isSettled(now) && now;
      });
      expect(view).toMatchObject({ status: 'completed', architectureClaim: 'refused' });
      await expect(resolveHold(settings, idOf('alike'), { outcome: 'admit', reason: 'no' })).rejects.toThrow(
        'is not held',
      );
    },
    MINUTE,
  );

  test(
    'closes an epoch; its weights sum to 65,535 and Platform reads the same bytes twice',
    async () => {
      expect(await closeEpoch(settings)).toBe(1);
      const epochs = z.looseObject({
        epochs: z.array(
          z.looseObject({
            burn: z.looseObject({ units: z.int() }).nullable(),
            shares: z.array(z.looseObject({ hotkey: z.string(), units: z.int() })),
            emissions: z.array(z.unknown()),
          }),
        ),
      });
      const epoch = await until('the emission', async () => {
        const [first] = epochs.parse(await getJson(`${engine.gatewayUrl}/v1/epochs`)).epochs;
        return first?.emissions.length === 1 && first;
      });
      const units = epoch.shares.reduce((sum, share) => sum + share.units, epoch.burn?.units ?? 0);
      expect(units).toBe(65_535);
      expect(epoch.shares.map(({ hotkey }) => hotkey)).toEqual(['hotkey-first', 'hotkey-other']);
      const bytes = await weightsBytes();
      expect(await weightsBytes()).toBe(bytes);
      const { weights } = z
        .looseObject({ weights: z.record(z.string(), z.number()) })
        .parse(JSON.parse(bytes));
      expect(Object.keys(weights).sort()).toEqual(['hotkey-burn', 'hotkey-first', 'hotkey-other']);
    },
    MINUTE,
  );

  test(
    'adopts a policy once; it holds for what is received from then on',
    async () => {
      const { plan } = shortPolicy;
      const checkpoints = plan.checkpoints.map(({ step, windows }) => ({ step, windows: windows / 2 }));
      const policy = { ...shortPolicy, name: 'short-2', plan: { ...plan, checkpoints } };
      expect(await adoptPolicy(settings, policy, 'fewer windows')).toBe(true);
      expect(await adoptPolicy(settings, policy, 'again')).toBe(false);
      const handed = { zip: projects.ignorant, hotkey: 'hotkey-later', nonce: 'n-1' };
      const id = await handOver(settings, engine.gatewayUrl, handed);
      const view = await until('the evaluation', async () => {
        const now = await shown(engine.gatewayUrl, id);
        return isSettled(now) && now;
      });
      const windows = z.array(z.looseObject({ curve: z.array(z.looseObject({ windows: z.int() })) }));
      for (const { curve } of windows.parse(view.runs))
        expect(curve.map((point) => point.windows)).toEqual([16, 32]);
      expect(view.architectureClaim).toBe('unproven');
    },
    2 * MINUTE,
  );
});

describe('readers', () => {
  test('see the state at any index, equal to what the log itself folds to', async () => {
    const { size } = await verified(settings);
    for (const name of ['leaderboard', 'owners', 'weights'] as const) {
      const digests = new Set<string>();
      for (const at of [0, Math.floor(size / 2), size - 1]) {
        const told = await answer(`/v1/${name}?at=${at}`);
        const folded = await query(log, name, at);
        expect(told).toMatchObject({ index: at, stateDigest: folded.stateDigest });
        digests.add(told.stateDigest);
      }
      expect(digests.size).toBeGreaterThan(1);
    }
    expect((await fetch(`${engine.gatewayUrl}/v1/owners?at=${size + 1_000}`)).status).toBe(400);
  });

  test('see the present without asking for an index', async () => {
    const present = await answer('/v1/leaderboard');
    expect(await answer(`/v1/leaderboard?at=${present.index}`)).toEqual(present);
    expect(present).toMatchObject({
      entries: expect.arrayContaining([expect.objectContaining({ hotkey: 'hotkey-first' })]),
    });
  });

  test(
    'of the feed come back with Last-Event-ID and miss nothing, double nothing',
    async () => {
      const url = `${engine.gatewayUrl}/v1/feed?after=-1`;
      const heard: { id: number; data: string }[] = [];
      const hear = async (stream: Awaited<ReturnType<typeof openEventStream>>, upTo: number) => {
        while ((heard.at(-1)?.id ?? -1) < upTo) {
          const message = await stream.next();
          if (message === null) throw new Error('the feed ended');
          heard.push({ id: message.id, data: message.data });
        }
      };
      const first = await openEventStream(url);
      await hear(first, 10);
      const last = first.lastId();
      first.cut();
      const second = await openEventStream(url, last);
      const events = await logEvents(settings);
      await hear(second, events.length - 1);
      second.cut();
      expect(heard.map(({ id }) => id)).toEqual(events.map((_, index) => index));
      expect(heard.map(({ data }) => data)).toEqual(events.map(({ bytes }) => bytes.toString('utf8')));
    },
    MINUTE,
  );

  test('verify the ledger from its folder, and over HTTP', async () => {
    const result = await verified(settings);
    expect(result).toMatchObject({ ok: true, keyPinned: true });
    expect(result.derived).toBeGreaterThan(5);
    const overHttp = await verifyLedger(engine.gatewayUrl, { key: vkeyOf(settings) });
    expect(overHttp).toMatchObject({ ok: true, outcomeDigest: result.outcomeDigest });
    const weights = z.looseObject({}).parse(JSON.parse(await weightsBytes()));
    expect(result.weights).toEqual(weights);
  });
});

describe('a miner checks a project beforehand', () => {
  test.each([
    ['passes', projects.withRecipe(projects.AVERAGES, 0.002), { ok: true, stage: 'review', code: null }],
    ['imports socket', projects.importsSocket, { ok: false, stage: 'review', code: 'forbidden-import' }],
    ['is no ZIP', projects.notAZip, { ok: false, stage: 'intake', code: 'not-a-zip' }],
  ])(
    'that %s',
    async (_name, zip, expected) => {
      const file = join(scratch, 'project.zip');
      writeFileSync(file, zip);
      expect(await checkProject(file)).toMatchObject(expected);
    },
    MINUTE,
  );
});

test(
  'an engine that is stopped and started again goes on with the same ledger',
  async () => {
    const seen = join(scratch, 'seen');
    const key = vkeyOf(settings);
    const before = await verifyLedger(log, { key, seen });
    const pids = Object.values(runningEngine(settings).pids);
    await engine.stop();
    expect(() => runningEngine(settings)).toThrow('no engine runs');
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    engine = await folder.start();
    expect(await handOver(settings, engine.gatewayUrl, MINERS.first)).toBe(idOf('first'));
    const handed = { zip: projects.notAZip, hotkey: 'hotkey-after', nonce: 'n-1' };
    const id = await handOver(settings, engine.gatewayUrl, handed);
    await until('the rejection', async () => (await shown(engine.gatewayUrl, id)).status === 'rejected');
    const after = await verifyLedger(log, { key, seen });
    expect([before.ok, after.ok]).toEqual([true, true]);
    if (before.ok && after.ok) expect(after.size).toBe(before.size + 2);
  },
  MINUTE,
);
