/** Projects, and what copiers make of them: `transformations.py` reads and writes Python's syntax. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export type Files = { readonly [path: string]: string };

export interface Project {
  readonly name: string;
  readonly files: Files;
}

/** Of a project: by the name of the transformation. */
export type Copies = ReadonlyMap<string, Files>;

const HERE = fileURLToPath(new URL('.', import.meta.url));
const EXAMPLES = ['small-gpt', 'gru', 'bigram-table'];

function projectIn(folder: string, name: string): Project {
  const paths = readdirSync(join(folder, name)).filter((path) => path.endsWith('.py'));
  const files = Object.fromEntries(
    paths.sort().map((path) => [path, readFileSync(join(folder, name, path), 'utf8')]),
  );
  return { name, files };
}

/** Unlike each other, and each with an architecture of its own: those of this folder, and some of the examples. */
export function projects(): readonly Project[] {
  const own = readdirSync(join(HERE, 'projects')).sort();
  const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));
  return [
    ...own.map((name) => projectIn(join(HERE, 'projects'), name)),
    ...EXAMPLES.map((name) => projectIn(examples, name)),
  ];
}

const answer = z.record(z.string(), z.record(z.string(), z.string()));

/** Every transformation that changes something about the project. Throws where one of them breaks. */
export async function copiesOf(given: readonly Project[]): Promise<readonly Copies[]> {
  const child = spawn('python3', ['-B', join(HERE, 'transformations.py')]);
  const output = text(child.stdout);
  const complaints = text(child.stderr);
  const ended = once(child, 'close');
  child.stdin.end(given.map(({ files }) => `${JSON.stringify(files)}\n`).join(''));
  const [code] = await ended;
  if (code !== 0) throw new Error(`the transformations broke: ${(await complaints).slice(-2_000)}`);
  const lines = (await output).trim().split('\n');
  return lines.map((line) => new Map(Object.entries(answer.parse(JSON.parse(line)))));
}

/** The entrypoint of a copy, which may have been moved. */
export function entrypointOf(files: Files): string {
  const found = Object.keys(files).find((path) => path === 'model.py' || path === 'deep/model.py');
  if (found === undefined) throw new Error(`no model.py among ${Object.keys(files).join(', ')}`);
  return found;
}
