/** The five questions over HTTP and on the command line, from one log. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { QUESTION_NAMES } from '../../../projections/questions/index.ts';
import { query } from '../../../services/cli/query.main.ts';
import { questionRoutes } from '../../../services/gateway/routes/question-table.ts';
import { prism } from '../../support/cli.ts';
import { everyQuestion } from '../../support/evidence-story.ts';
import { type Harness, openHarness } from './harness.ts';

const entries = everyQuestion().entries();
const last = entries.length - 1;
let harness: Harness;

beforeAll(async () => {
  harness = await openHarness(entries);
});
afterAll(() => harness.close());

const answer = z.looseObject({
  stateDigest: z.string(),
  rows: z.array(z.looseObject({ rank: z.number(), subject: z.string() })),
  next: z.number().nullable(),
});

test('there is a route for each question', () => {
  expect(questionRoutes.map(({ path }) => path)).toEqual(QUESTION_NAMES.map((name) => `/v1/${name}`));
});

describe.each(questionRoutes.map((route) => [route.path, route] as const))('%s', (path, route) => {
  test('is what its schema says, with rows, now and before there were any', async () => {
    const now = await harness.json(path);
    expect(route.answer.safeParse(now).error).toBeUndefined();
    expect(answer.parse(now).rows.length).toBeGreaterThan(0);
    const then = await harness.json(`${path}?at=2`);
    expect(route.answer.safeParse(then).error).toBeUndefined();
    expect(answer.parse(then).rows).toEqual([]);
  });

  test('is the same on the command line, at any index', async () => {
    for (const at of [last, Math.floor(last / 2), 0]) {
      const served = await harness.json(`${path}?at=${at}&limit=1000`);
      const { next: _, index, stateDigest, ...view } = answer.parse(served);
      const name = path.slice('/v1/'.length);
      expect(await query(harness.folder.directory, name, at)).toEqual({
        projection: name,
        index: at,
        stateDigest,
        view,
      });
      expect(index).toBe(at);
    }
  });

  test('comes in pages, each row with the same rank and ties as in the whole', async () => {
    const whole = answer.parse(await harness.json(path));
    const paged: unknown[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page = answer.parse(await harness.json(`${path}?after=${after}&limit=1`));
      expect(page.rows).toHaveLength(1);
      paged.push(...page.rows);
      after = page.next;
    }
    expect(paged).toEqual(whole.rows);
    expect(whole.rows.map(({ rank }) => rank)).toEqual(whole.rows.map((_, position) => position + 1));
  });

  test('costs a 304 while nothing has changed', async () => {
    const { headers } = await harness.app.inject(path);
    const again = await harness.app.inject({
      url: path,
      headers: { 'if-none-match': String(headers.etag) },
    });
    expect([again.statusCode, headers.etag]).toEqual([304, `W/"${headers['prism-state-digest']}"`]);
  });
});

test('`prism query` prints an answer, and names the questions where there is none', async () => {
  const log = ['--log', harness.folder.directory];
  const told = await prism(['query', 'questions/recipes', ...log]);
  expect(told.status).toBe(0);
  expect(JSON.parse(told.stdout)).toEqual(
    await query(harness.folder.directory, 'questions/recipes', undefined),
  );
  const { status, stderr } = await prism(['query', 'questions/prices', ...log]);
  expect(status).toBe(2);
  for (const name of QUESTION_NAMES) expect(stderr).toContain(name);
});
