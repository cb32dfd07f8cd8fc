import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseEntry } from '../../../domain/events/codec.ts';
import { digestOfModel, emptyReadModels, project, type ReadModelName } from '../../../projections/index.ts';
import * as answers from '../../../services/gateway/answers.ts';
import { stateRoutes } from '../../../services/gateway/routes/state-table.ts';
import { generateLedger } from '../../support/ledger.ts';
import { type Harness, openHarness } from './harness.ts';

const ledger = generateLedger({ seed: 5, submissions: 26, epochs: 3 });
const entries = ledger.entries();
const last = entries.length - 1;
let harness: Harness;

beforeAll(async () => {
  harness = await openHarness(entries);
});
afterAll(() => harness.close());

const stateAnswer = z.looseObject(answers.stateSchema.shape);

/** Digests of a read model after each event, folded here. */
function digestsOf(name: ReadModelName): string[] {
  const models = emptyReadModels();
  return entries.map((entry) => {
    project(models, parseEntry(entry));
    return digestOfModel(models, name);
  });
}

describe('answers from the state', () => {
  test.each(stateRoutes.map((route) => [route.path, route] as const))(
    '%s is what its schema says, now and then',
    async (path, route) => {
      const [submission] = ledger.state.submissions.keys();
      const url = path.replace(':id', submission ?? '');
      for (const at of ['', `?at=${last}`, '?at=60', '?at=1']) {
        const response = await harness.app.inject(url + at);
        expect(response.statusCode).toBe(200);
        expect(route.answer.safeParse(response.json()).error).toBeUndefined();
        expect(response.headers['prism-index']).toBe(at === '' ? String(last) : at.slice('?at='.length));
      }
    },
  );

  test.each(['leaderboard', 'owners', 'submissions', 'weights'] as const)(
    '/v1/%s?at= gives the state after each index, asked in any order',
    async (name) => {
      const digests = digestsOf(name);
      const present = stateAnswer.parse(await harness.json(`/v1/${name}`));
      // Steps of a third of the log back and forth: forwards from a kept state, and from the start again.
      const indices = Array.from(
        { length: 30 },
        (_, step) => (step * Math.floor(last / 3) + step) % (last + 1),
      );
      const asked = await Promise.all(indices.map((at) => harness.json(`/v1/${name}?at=${at}&limit=1`)));
      expect(asked.map((answer) => stateAnswer.parse(answer).index)).toEqual(indices);
      expect(asked.map((answer) => stateAnswer.parse(answer).stateDigest)).toEqual(
        indices.map((at) => digests[at]),
      );
      expect(stateAnswer.parse(await harness.json(`/v1/${name}`))).toEqual(present);
      expect(present).toMatchObject({ index: last, stateDigest: digests[last] });
    },
    120_000,
  );

  test('too many past states at once are refused, and the others answered', async () => {
    const fresh = await openHarness(entries);
    const responses = await Promise.all(
      Array.from({ length: 60 }, (_, at) => fresh.app.inject(`/v1/owners?at=${at}`)),
    );
    const statuses = responses.map((response) => response.statusCode);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    const refused = responses.find((response) => response.statusCode === 503);
    expect(refused?.json()).toMatchObject({ error: { code: 'busy' } });
    expect(refused?.headers['retry-after']).toBeDefined();
    await fresh.close();
  });

  test.each(['-1', 'x', '1.5', '', '01', '1&at=2', '9007199254740993'])(
    'at=%s is refused as unreadable',
    async (at) => {
      const response = await harness.app.inject(`/v1/leaderboard?at=${at}`);
      expect(response.statusCode).toBe(400);
      expect(answers.errorSchema.parse(response.json()).error).toMatchObject({ code: 'bad-request' });
      expect(response.body).toContain('at: ');
    },
  );

  test('an index that the log has not reached is refused', async () => {
    const response = await harness.app.inject(`/v1/leaderboard?at=${last + 1}`);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toEqual({
      error: { code: 'beyond-the-log', message: `at: the log ends at index ${last}` },
    });
  });

  test('an index that was signed a moment ago is answered, though nobody has folded it yet', async () => {
    const growing = await openHarness(entries.slice(0, 50));
    await growing.folder.writer.append(entries.slice(50, 80));
    expect(await growing.json('/v1/owners?at=79')).toMatchObject({ index: 79 });
    await growing.close();
  });
});

describe('caching', () => {
  test('an unchanged answer costs a 304, and a changed one does not', async () => {
    const growing = await openHarness(entries.slice(0, 1));
    const first = await growing.app.inject('/v1/owners');
    const etag = String(first.headers.etag);
    expect(first.headers['cache-control']).toBe('public, no-cache');
    expect(etag).toBe(`W/"${stateAnswer.parse(first.json()).stateDigest}"`);
    await growing.grow(entries.slice(1, 3));
    const same = await growing.app.inject({
      url: '/v1/owners',
      headers: { 'if-none-match': `"x", ${etag}` },
    });
    expect([same.statusCode, same.body]).toEqual([304, '']);
    await growing.grow(entries.slice(3));
    const changed = await growing.app.inject({ url: '/v1/owners', headers: { 'if-none-match': etag } });
    expect(changed.statusCode).toBe(200);
    await growing.close();
  });

  test('the leaderboard has another tag once its epoch is another, though its rows are the same', async () => {
    const close = ledger.events.findIndex((event) => event.type === 'EpochClosed');
    const [before, after] = [
      await harness.app.inject(`/v1/leaderboard?at=${close - 1}`),
      await harness.app.inject(`/v1/leaderboard?at=${close}`),
    ];
    expect(stateAnswer.parse(after.json()).stateDigest).toBe(stateAnswer.parse(before.json()).stateDigest);
    expect([before.json(), after.json()]).toMatchObject([{ epoch_id: 1 }, { epoch_id: 2 }]);
    expect(after.headers.etag).not.toBe(before.headers.etag);
  });

  test('the past may be kept, by any page', async () => {
    const response = await harness.app.inject('/v1/owners?at=10');
    expect(response.headers['cache-control']).toMatch(/^public, max-age=[1-9]/);
    expect(response.headers['access-control-allow-origin']).toBe('*');
  });
});

describe('pages', () => {
  test('submissions come in the order of their receipt, each once, by any page size', async () => {
    const ids: string[] = [];
    for (let after: number | null = -1; after !== null; ) {
      const page = await harness.json(`/v1/submissions?after=${after}&limit=4`);
      const { submissions, next } = answers.submissionsSchema.extend(answers.stateSchema.shape).parse(page);
      expect(submissions.length).toBeLessThanOrEqual(4);
      ids.push(...submissions.map(({ id }) => id));
      after = next;
    }
    expect(ids).toEqual([...ledger.state.submissions.keys()]);
  });

  test('submissions are found by status and by hotkey', async () => {
    const held = await harness.json('/v1/submissions?status=held');
    expect(held).toMatchObject({ submissions: [{ status: 'held' }], next: null });
    const mine = await harness.json('/v1/submissions?hotkey=5Miner3');
    expect(mine).toMatchObject({ submissions: [{ hotkey: '5Miner3' }], next: null });
    expect((await harness.app.inject('/v1/submissions?status=lost')).statusCode).toBe(400);
  });

  test.each(['0', '-5', '1001', 'all', '1e2'])('limit=%s is refused', async (limit) => {
    expect((await harness.app.inject(`/v1/submissions?limit=${limit}`)).statusCode).toBe(400);
  });

  test('the leaderboard goes on after a rank', async () => {
    const page = await harness.json('/v1/leaderboard?after=2&limit=3');
    expect(page).toMatchObject({ entries: [{ rank: 3 }, { rank: 4 }, { rank: 5 }], next: 5 });
  });
});

describe("the reference's shapes", () => {
  test('a scored submission', async () => {
    const [id, entry] = [...ledger.state.submissions][0] ?? ['', undefined];
    const runs = ledger.events.filter(
      ({ type, stream }) => type === 'RunMeasured' && stream === `submission-${id}`,
    ).length;
    expect(await harness.json(`/v1/submissions/${id}`)).toMatchObject({
      id,
      hotkey: '5Miner0',
      epoch_id: 1,
      status: 'completed',
      code_hash: entry?.state.received?.requestHash,
      created_at: '2026-01-01T00:00:01.000Z',
      error: null,
      final_score: (entry?.state.scored?.scorePpm ?? 0) / 1_000_000,
      confirmed: [{ claim: 'architecture' }, { claim: 'training' }],
      runs: Array(runs).fill({ curve: Array(6).fill({ windows: expect.any(Number) }) }),
    });
  });

  test('every status word, and why', async () => {
    const { submissions } = answers.submissionsSchema
      .extend(answers.stateSchema.shape)
      .parse(await harness.json('/v1/submissions'));
    expect(new Set(submissions.map(({ status }) => status))).toEqual(new Set(answers.statusSchema.options));
    const rejected = submissions.find(({ status }) => status === 'rejected');
    expect(rejected?.error).toBe('archive-not-a-zip: the archive is not a ZIP');
    expect(submissions.some(({ epoch_id }) => epoch_id === 2)).toBe(true);
  });

  test('the leaderboard, architectures and training variants agree with the owners', async () => {
    const board = await harness.json('/v1/leaderboard');
    expect(board).toMatchObject({
      epoch_id: 4,
      entries: expect.arrayContaining([
        expect.objectContaining({ rank: 1, hotkey: expect.any(String), submission_id: expect.any(String) }),
      ]),
    });
    const { families } = answers.ownersSchema
      .extend(answers.stateSchema.shape)
      .parse(await harness.json('/v1/owners'));
    const owned = families.filter(({ architecture }) => architecture !== null);
    const architectures = answers.architecturesSchema.parse(await harness.json('/v1/architectures'));
    expect(architectures.map(({ id, owner_hotkey }) => [id, owner_hotkey])).toEqual(
      owned.map(({ family, architecture }) => [family, architecture?.hotkey]),
    );
    const [first] = owned;
    const variants = answers.trainingVariantsSchema.parse(
      await harness.json(`/v1/training-variants?architecture_id=${first?.family}`),
    );
    expect(variants.map(({ submission_id }) => submission_id)).toEqual(
      first?.variants.map(({ submission }) => submission),
    );
    expect(
      variants.filter(({ is_current_best }) => is_current_best).map(({ submission_id }) => submission_id),
    ).toEqual([first?.training?.submission]);
    const decision = ledger.events[first?.architecture?.decidedAt ?? -1];
    expect(architectures[0]).toMatchObject({
      family_hash: decision?.data.digest,
      created_at: decision?.time,
    });
  });

  test('epochs', async () => {
    expect(await harness.json('/v1/epochs/current')).toMatchObject({ epoch_id: 4, epoch_seconds: null });
    expect(await harness.json('/v1/epochs?limit=2')).toMatchObject({
      epochs: [{ epoch_id: 1 }, { epoch_id: 2 }],
      next: 2,
    });
    expect(await harness.json('/v1/epochs?after=2')).toMatchObject({ epochs: [{ epoch_id: 3 }], next: null });
  });

  test('an unknown submission', async () => {
    const response = await harness.app.inject('/v1/submissions/00000000-0000-5000-8000-000000000000');
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ error: { code: 'unknown-submission' } });
  });
});
