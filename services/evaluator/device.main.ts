/** What learners run on, as the settings say and the machine calls it. */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Settings } from '../settings.ts';
import type { Device } from './judge/run.ts';

/** Throws where GPUs are wanted and `nvidia-smi` does not know them, or they are not all of one class. */
export function deviceOf({ gpus }: Pick<Settings, 'gpus'>): Device {
  if (gpus.length === 0) return { kind: 'cpu', class: (cpus()[0]?.model ?? 'unknown').trim().slice(0, 180) };
  const names = gpus.map(nameOf);
  const [name] = names;
  if (name === undefined || names.some((other) => other !== name)) {
    throw new Error(
      `the GPUs ${gpus.join(', ')} are of different classes (${names.join(', ')}): give one evaluator those of one class`,
    );
  }
  return { kind: 'cuda', class: name, ids: gpus };
}

function nameOf(id: string): string {
  const query = ['--query-gpu=name', '--format=csv,noheader', `--id=${id}`];
  try {
    return execFileSync('nvidia-smi', query, { encoding: 'utf8', timeout: 10_000 }).trim().slice(0, 180);
  } catch (error) {
    throw new Error(
      `GPU ${id} is wanted by the setting gpus, but \`nvidia-smi ${query.join(' ')}\` failed: ${error instanceof Error ? error.message : error}`,
    );
  }
}
