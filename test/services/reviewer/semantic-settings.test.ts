/** From settings to the model that is asked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { sha256 } from '../../../domain/events/canonical.ts';
import { semanticReviewerOf } from '../../../services/reviewer/semantic.main.ts';
import { loadSettings } from '../../../services/settings.ts';
import { serving } from '../../infra/beacon/loopback.ts';

const folder = mkdtempSync(join(tmpdir(), 'prism-semantic-'));
const key = join(folder, 'key');
writeFileSync(key, 'made-up\n');
afterAll(() => rmSync(folder, { recursive: true }));

test('no model is asked unless the settings name one', () => {
  expect(semanticReviewerOf(loadSettings(null, {}))).toBeNull();
});

test.each([{ PRISM_SEMANTICURL: 'https://models.example/v1' }, { PRISM_SEMANTICMODEL: 'm' }])(
  'half an endpoint is a mistake: %j',
  (environment) => {
    expect(() => loadSettings(null, environment)).toThrow('needs both, semanticUrl and semanticModel');
  },
);

test.each([
  [{ semanticUrl: 'http://models.example/v1' }, 'setting semanticUrl: must be an address with https'],
  [{ semanticKeyFile: join(folder, 'nothing') }, 'ENOENT'],
])('what cannot work is said at the start: %j', (change, message) => {
  const settings = loadSettings(
    null,
    {},
    { semanticUrl: 'https://models.example/v1', semanticModel: 'm', ...change },
  );
  expect(() => semanticReviewerOf(settings)).toThrow(message);
});

test('the endpoint is asked with the key of the file, by the name and within the limits that are set', async () => {
  const seen: { readonly authorization: string | undefined; readonly body: string }[] = [];
  const opinion = await serving(
    (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ authorization: request.headers.authorization, body });
        response.writeHead(400).end();
      });
    },
    async (url) => {
      const environment = {
        PRISM_SEMANTICURL: `${url}/v1`,
        PRISM_SEMANTICMODEL: 'a-model',
        PRISM_SEMANTICKEYFILE: key,
        PRISM_SEMANTICMAXTOKENS: '512',
      };
      const semantic = semanticReviewerOf(loadSettings(null, environment));
      return semantic?.review({ codeDigest: sha256('x'), sources: new Map([['model.py', 'x = 1']]) });
    },
  );
  expect(opinion).toMatchObject({ verdict: 'failed', reason: 'the endpoint answered with status 400' });
  expect(seen).toHaveLength(1);
  expect(seen[0]?.authorization).toBe('Bearer made-up');
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ model: 'a-model', max_completion_tokens: 512 });
});
