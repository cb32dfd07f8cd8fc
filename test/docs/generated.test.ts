/** What documents take from the code is current, and what it describes is what is written. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { defaultPolicy } from '../../domain/policy/default.ts';
import {
  eventsSchema,
  POLICY_FILE,
  policyYaml,
  SCHEMA_FILE,
  TABLES,
  withTables,
} from '../../scripts/schemas.ts';
import { readPolicy } from '../../services/cli/policy-file.ts';
import { heldReview } from '../support/held-review.ts';
import { generateLedger } from '../support/ledger.ts';
import { ROOT, read } from './markdown.ts';

// Not current? npm run schemas

test.each(Object.keys(TABLES))('the tables of %s', (file) => {
  const text = read(file);
  expect(text).toBe(withTables(file, text));
});

test('the JSON Schema of events', () => {
  expect(JSON.parse(read(SCHEMA_FILE))).toEqual(eventsSchema());
});

test('the JSON Schema accepts every event of a ledger, and none that is changed', () => {
  const schema = z.fromJSONSchema(JSON.parse(read(SCHEMA_FILE)));
  const events = [...generateLedger().events, ...heldReview().builder.events];
  expect(events.filter((event) => !schema.safeParse(event).success)).toEqual([]);
  const changed = events.flatMap((event) => [
    { ...event, version: 2 },
    { ...event, more: 1 },
    { ...event, stream: 'other-1' },
    { ...event, data: { ...event.data, more: 1 } },
  ]);
  expect(changed.filter((event) => schema.safeParse(event).success)).toEqual([]);
});

test('the default policy as a file is the default policy', () => {
  expect(read(POLICY_FILE)).toBe(policyYaml());
  expect(readPolicy(join(ROOT, POLICY_FILE))).toEqual(defaultPolicy);
});
