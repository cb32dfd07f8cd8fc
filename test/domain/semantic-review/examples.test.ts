/** Projects as honest miners send them neither speak to a reviewer nor hold what looks like a secret. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { injectionsIn } from '../../../domain/semantic-review/injection.ts';
import { redactSecrets } from '../../../domain/semantic-review/redact.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const sources = new Map(
  readdirSync(EXAMPLES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(py|md|ya?ml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [relative(EXAMPLES, file), readFileSync(file, 'utf8')]),
);

test('the examples are shown as they are', () => {
  expect(sources.size).toBeGreaterThan(20);
  expect(injectionsIn(sources)).toEqual([]);
  expect([...sources].filter(([, source]) => redactSecrets(source).removed > 0)).toEqual([]);
});
