/** Sources over HTTP and by the command line: sealed, open, never, and not what was admitted. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { sha256 } from '../../../domain/events/canonical.ts';
import { streamOf } from '../../../domain/events/ids.ts';
import { parseTime } from '../../../domain/events/time.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { openBlobFolder } from '../../../infra/blobs/folder.ts';
import { errorSchema, sourcesSchema } from '../../../services/gateway/answers.ts';
import { admit, DEFAULT_ADMISSION_LIMITS } from '../../../services/intake/admit.ts';
import { putProject } from '../../../services/runtime/project-files.ts';
import { packFiles } from '../../../services/runtime/zip.ts';
import { prism } from '../../support/cli.ts';
import { finish, handedOver, idOf, openLedger, type Script, smallPolicy } from '../../support/history.ts';
import { type Harness, openHarness } from './harness.ts';

const SEAL_MS = 3_600_000;
const policy: Policy = { ...smallPolicy, ownership: { ...smallPolicy.ownership, sealMs: SEAL_MS } };
const FILES = new Map([
  ['model.py', Buffer.from('def build_model(context):\n    return idea(context)\n')],
  ['parts/idée.py', Buffer.from('SECRET = "an idea that nobody has had"\n')],
  ['empty.py', Buffer.alloc(0)],
]);
const owner: Script = { hotkey: 'A', kind: 'architecture_only', architecture: 'gpt', gain: 300_000 };
const unlucky: Script = { ...owner, hotkey: 'B', architecture: 'rnn', gain: 0 };
const pending: Script = { ...owner, hotkey: 'C', architecture: 'mix', fate: 'reviewed-only' };
const scripts = [owner, unlucky, pending];

let scratch: string;
let harness: Harness;
let ids: readonly string[];
let filesBlob: string;
/** When the owner's sources open. */
let opens: number;
let now = 0;

/** Three submissions of the same files, as intake admits them; the last one's claim is undecided. */
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'prism-sources-'));
  const blobs = await openBlobFolder(join(scratch, 'blobs'));
  const admission = await admit(packFiles(FILES, 6), DEFAULT_ADMISSION_LIMITS);
  if (!admission.ok) throw new Error(admission.rejection.message);
  filesBlob = await putProject(blobs, admission.files);
  const { contentDigest } = admission;
  const builder = openLedger(policy);
  ids = scripts.map((script, index) => {
    const id = idOf(builder.ledger, script, index);
    const decided = handedOver(script, index, builder.ledger).map((one) =>
      one.type === 'SubmissionAdmitted' ? { ...one, data: { ...one.data, filesBlob, contentDigest } } : one,
    );
    builder.append(streamOf.submission(id), id, 'platform', ...decided);
    finish(builder, script, index, scripts);
    return id;
  });
  const decided = builder.events.find(({ type }) => type === 'ArchitectureClaimDecided');
  opens = parseTime(decided?.time ?? '') + SEAL_MS;
  harness = await openHarness(builder.entries(), { ports: { blobs, clock: { now: () => now } } });
});
afterEach(async () => {
  await harness.close();
  await rm(scratch, { recursive: true });
});

const get = (id: string | undefined, suffix = '') =>
  harness.app.inject(`/v1/submissions/${id}/sources${suffix}`);
const errorOf = (body: unknown) => errorSchema.parse(body).error;

describe('sources over HTTP', () => {
  test.each(['', '.zip'])('open at exactly the time: sources%s', async (suffix) => {
    now = opens - 1;
    const sealed = await get(ids[0], suffix);
    expect([sealed.statusCode, sealed.headers['cache-control']]).toEqual([403, 'no-store']);
    expect(errorOf(sealed.json())).toMatchObject({
      code: 'sources-sealed',
      opensAt: new Date(opens).toISOString(),
    });
    now = opens;
    expect((await get(ids[0], suffix)).statusCode).toBe(200);
  });

  test('are the bytes that were admitted', async () => {
    now = opens;
    const list = sourcesSchema.parse((await get(ids[0])).json());
    expect(list.files).toEqual(
      ['empty.py', 'model.py', 'parts/idée.py'].map((path) => {
        const bytes = FILES.get(path) ?? Buffer.alloc(0);
        return { path, bytes: bytes.length, sha256: sha256(bytes) };
      }),
    );
    const zip = await get(ids[0], '.zip');
    expect(zip.headers).toMatchObject({ 'content-type': 'application/zip' });
    const unzipped = Object.entries(unzipSync(zip.rawPayload));
    expect(new Map(unzipped.map(([path, bytes]) => [path, Buffer.from(bytes)]))).toEqual(FILES);
    // Whoever packs them again and sends them has the same content digest.
    const again = await admit(zip.rawPayload, DEFAULT_ADMISSION_LIMITS);
    expect(again).toMatchObject({ ok: true, contentDigest: list.contentDigest });
  });

  test('never open where nothing is owned; while that is undecided nobody says when', async () => {
    now = Number.MAX_SAFE_INTEGER;
    for (const suffix of ['', '.zip']) {
      expect((await get(ids[1], suffix)).statusCode).toBe(403);
      expect(errorOf((await get(ids[1], suffix)).json()).code).toBe('sources-never-open');
      expect(errorOf((await get(ids[2], suffix)).json())).toMatchObject({
        code: 'sources-sealed',
        opensAt: null,
      });
      const unknown = await get('00000000-0000-4000-8000-000000000000', suffix);
      expect([unknown.statusCode, errorOf(unknown.json()).code]).toEqual([404, 'unknown-submission']);
    }
  });

  test.each([
    ['a file', sha256(FILES.get('model.py') ?? '')],
    ['the list of files', null],
  ])('are refused where the blob of %s was changed', async (_name, blob) => {
    now = opens;
    const name = blob ?? filesBlob;
    writeFileSync(join(scratch, 'blobs', name.slice(0, 2), name), 'def build_model(context): return mine\n');
    for (const suffix of ['', '.zip']) {
      const answer = await get(ids[0], suffix);
      expect([answer.statusCode, errorOf(answer.json()).code]).toEqual([503, 'sources-damaged']);
      expect(answer.body).not.toContain('mine');
    }
  });

  test('are refused where a store gives other bytes than it is asked for', async () => {
    now = opens;
    const honest = await openBlobFolder(join(scratch, 'blobs'));
    const model = sha256(FILES.get('model.py') ?? '');
    const made = await openHarness([], {
      folded: false,
      ports: {
        readLogFile: async (path) => readFileSync(join(harness.folder.directory, path)),
        blobs: { get: async (digest) => (digest === model ? Buffer.from('other\n') : honest.get(digest)) },
        clock: { now: () => now },
      },
    });
    await made.follower.catchUp();
    expect(await made.json(`/v1/submissions/${ids[0]}/sources`)).toMatchObject({
      error: { code: 'sources-damaged' },
    });
    await made.close();
  });

  test('are in nothing else that is public, sealed or open', async () => {
    now = opens;
    const routes = [
      ...['', '/receipt', '/progress'].map((part) => `/v1/submissions/${ids[0]}${part}`),
      '/v1/submissions',
      '/v1/events?limit=256',
      '/v1/owners',
      '/v1/architectures',
      '/v1/leaderboard',
    ];
    for (const route of routes) {
      const { statusCode, body } = await harness.app.inject(route);
      expect([route, statusCode]).toEqual([route, 200]);
      expect(body).not.toContain('nobody has had');
      expect(body).not.toContain('return idea');
    }
  });
});

describe('prism sources', () => {
  test('writes what is open into a new folder, and says why it does not', async () => {
    const gateway = await harness.app.listen({ host: '127.0.0.1', port: 0 });
    const out = join(scratch, 'out');
    const run = () => prism(['sources', ids[0] ?? '', '--gateway', gateway, '--out', out]);
    now = opens - 1;
    const sealed = await run();
    expect([sealed.status, sealed.stdout]).toEqual([1, '']);
    expect(sealed.stderr).toContain('sources-sealed');
    now = opens;
    const taken = await run();
    expect([taken.status, taken.stderr]).toEqual([0, '']);
    expect(JSON.parse(taken.stdout)).toMatchObject({ submission: ids[0], out });
    const written = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
    expect(written.sort()).toEqual(['empty.py', 'idée.py', 'model.py']);
    expect(readFileSync(join(out, 'model.py'))).toEqual(FILES.get('model.py'));
    expect(await run()).toMatchObject({ status: 2, stderr: expect.stringContaining('not there yet') });
  });

  test('takes nothing that is not in the log, whatever the gateway says', async () => {
    now = opens;
    const mine = packFiles(new Map([['model.py', Buffer.from('mine\n')]]), 0);
    harness.app.addHook('onSend', async (request, _reply, payload) =>
      request.url.endsWith('.zip') ? mine : payload,
    );
    const gateway = await harness.app.listen({ host: '127.0.0.1', port: 0 });
    const out = join(scratch, 'out');
    const taken = await prism(['sources', ids[0] ?? '', '--gateway', gateway, '--out', out]);
    expect([taken.status, taken.stdout]).toEqual([3, '']);
    expect(taken.stderr).toContain('these are not the files that were admitted');
    expect(existsSync(out)).toBe(false);
  });
});
