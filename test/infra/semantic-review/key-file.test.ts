import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readKeyFile } from '../../../infra/semantic-review/key-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'prism-key-'));
const file = join(folder, 'key');
afterAll(() => rmSync(folder, { recursive: true }));

test('a key is read without the line end after it', () => {
  writeFileSync(file, 'sk-made-up\n');
  expect(readKeyFile(file)).toBe('sk-made-up');
});

test.each([
  ['nothing', ''],
  ['two keys', 'hunter2-a\nhunter2-b\n'],
  ['a settings file', 'key: hunter2'],
  ['what a header cannot hold', 'hunter2\u0000'],
  ['what is not ASCII', 'hunter2é'],
  ['a quote', 'hunter2"'],
  ['far too much', 'hunter2'.repeat(1_000)],
])('%s is refused by the name of the file alone', (_name, content) => {
  writeFileSync(file, content);
  expect(() => readKeyFile(file)).toThrow(`${file}: must hold one key`);
  expect(() => readKeyFile(file)).not.toThrow('hunter2');
});

test('a file that is not there says so', () => {
  expect(() => readKeyFile(join(folder, 'nothing'))).toThrow('ENOENT');
});
