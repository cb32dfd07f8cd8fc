/** `prism review` on the real embedded store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openSqliteEventStore } from '../../../infra/event-store/sqlite/store.ts';
import { heldReviews, outcomeOf, resolveReview } from '../../../services/cli/review.main.ts';
import { loadSettings, placesOf, type Settings } from '../../../services/settings.ts';
import { awaitedReview, type HeldReview, heldReview } from '../../support/held-review.ts';

let settings: Settings;
beforeEach(() => {
  settings = loadSettings(null, {}, { data: mkdtempSync(join(tmpdir(), 'prism-review-')) });
});
afterEach(() => rmSync(settings.data, { recursive: true, force: true }));

/** Puts the ledger into the store of the data folder. */
async function keep({ builder }: HeldReview): Promise<void> {
  const store = openSqliteEventStore(placesOf(settings).store);
  for (const { stream, revision, ...event } of builder.events)
    await store.append(stream, revision === 0 ? 'no-stream' : revision - 1, [event]);
  await store.close();
}

/** Last events of the store. */
async function stored(count: number) {
  const store = openSqliteEventStore(placesOf(settings).store);
  const events = [];
  for await (const { event } of store.readAll(null)) events.push(event);
  await store.close();
  return events.slice(-count);
}

test('lists what is held, with what there is to look at', async () => {
  const held = heldReview();
  await keep(held);
  const entry = held.builder.state.submissions.get(held.id);
  expect(await heldReviews(settings)).toEqual([
    {
      submission: held.id,
      hotkey: 'A',
      until: entry?.reviewHeldUntil,
      verdict: 'suspicious',
      model: 'a-model',
      reason: 'as scripted',
      findings: [{ path: 'model.py', line: 1, rule: 'hidden-data', message: 'a table of weights' }],
      answerBlob: null,
      filesBlob: entry?.state.admitted?.filesBlob,
    },
  ]);
});

describe('resolves a hold', () => {
  test('and lets the review go on', async () => {
    const held = heldReview();
    await keep(held);
    await resolveReview(settings, held.id, 'admit', 'an embedding, no table');
    expect(await stored(1)).toMatchObject([
      {
        type: 'ReviewHoldResolved',
        data: { outcome: 'admit', reason: 'an embedding, no table' },
        meta: { actor: expect.stringMatching(/^operator:./), causationId: held.builder.events.at(-1)?.id },
      },
    ]);
    expect(await heldReviews(settings)).toEqual([]);
  });

  test('and rejects the submission in the same append', async () => {
    const held = heldReview('failed');
    await keep(held);
    await resolveReview(settings, held.id, 'reject', 'weights in a docstring');
    expect(await stored(2)).toMatchObject([
      { type: 'ReviewHoldResolved', data: { outcome: 'reject' } },
      {
        type: 'SubmissionRejected',
        data: { stage: 'review', code: 'review-hold', message: 'weights in a docstring' },
      },
    ]);
  });

  test.each([
    ['a second time', heldReview(), 1],
    ['that is none', awaitedReview(), 0],
    ['after a clear opinion', heldReview('clear'), 0],
  ])('but not one %s', async (_name, held, times) => {
    await keep(held);
    for (let time = 0; time < times; time += 1) await resolveReview(settings, held.id, 'admit', 'looked');
    await expect(resolveReview(settings, held.id, 'admit', 'looked')).rejects.toThrow('is not held');
  });

  test.each(['', 'x'.repeat(501)])('but not for a reason that no event can hold', async (reason) => {
    await expect(resolveReview(settings, 'x', 'admit', reason)).rejects.toThrow('1 to 500 characters');
  });
});

test.each([{}, { admit: true, reject: true }])('the outcome is said, and only one: %j', (flags) => {
  expect(() => outcomeOf(flags)).toThrow('either --admit or --reject');
});

test('each flag is its outcome', () => {
  expect([outcomeOf({ admit: true }), outcomeOf({ reject: true })]).toEqual(['admit', 'reject']);
});
