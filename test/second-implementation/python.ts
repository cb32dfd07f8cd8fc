/** Runs the second implementation. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const HERE = import.meta.dirname;

export interface Ran {
  readonly status: number | null;
  /** Lines of standard output. */
  readonly lines: readonly string[];
  readonly stderr: string;
}

/** Runs a script of this folder. Throws where there is no Python, and says how to get it. */
export function python(script: string, args: readonly string[], input = ''): Ran {
  const spawned = spawnSync('python3', ['-B', join(HERE, script), ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (spawned.error !== undefined) {
    throw new Error('these tests need Python 3.11 or later as python3: apt-get install python3', {
      cause: spawned.error,
    });
  }
  const { status, stdout, stderr } = spawned;
  return { status, lines: stdout.split('\n').slice(0, -1), stderr };
}
