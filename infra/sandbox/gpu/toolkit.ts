/** The NVIDIA container toolkit puts GPUs into containers, as root: one with a known way out is not used at all. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeOf, messageOf, ourFault } from '../host/errors.ts';

/**
 * The first version without CVE-2026-24260 (a race that gives a container the host), and so without CVE-2025-23266 and -23267 (fixed in
 * 1.17.8), which a library named in an image's environment or a link in its file system was enough for.
 * Source: NVIDIA security bulletin 5850, June 2026. To be raised with each bulletin that follows.
 */
export const TOOLKIT_FLOOR = '1.19.1';

/** Its programs; each says its version, of the command, of the hook and of the library that does the work. */
const PROGRAMS = ['nvidia-ctk', 'nvidia-container-toolkit', 'nvidia-container-cli'];
const ANSWER_MS = 10_000;

/** Throws `our-fault` unless every part of the toolkit on this machine is at least `TOOLKIT_FLOOR`. */
export async function requireToolkit(): Promise<void> {
  const answers = await Promise.all(
    PROGRAMS.map(async (program) => ({ program, said: await versionSaidBy(program) })),
  );
  const there = answers.filter(({ said }) => said !== null);
  if (there.length === 0)
    throw refusal(`no NVIDIA container toolkit was found (${PROGRAMS.join(', ')} in PATH)`);
  for (const { program, said } of there) {
    const version = /\b(\d+)\.(\d+)\.(\d+)(-\S+)?/.exec(said ?? '');
    if (version === null)
      throw refusal(`${program} --version does not say its version: ${JSON.stringify(said?.slice(0, 200))}`);
    if (isBelowFloor(version)) throw refusal(`${program} is version ${version[0]}`);
  }
}

function refusal(what: string): Error {
  return ourFault(
    `no container gets a GPU: ${what}; version ${TOOLKIT_FLOOR} or later is required, since earlier ones let a container out. ` +
      'Install it (package nvidia-container-toolkit), run `nvidia-ctk runtime configure --runtime=docker` and restart Docker',
  );
}

/** A release candidate of the floor itself is below it. */
function isBelowFloor([, major, minor, patch, candidate]: RegExpExecArray): boolean {
  const floor = TOOLKIT_FLOOR.split('.').map(Number);
  const differences = [major, minor, patch].map((part, index) => Number(part) - (floor[index] ?? 0));
  const first = differences.find((difference) => difference !== 0) ?? 0;
  return first < 0 || (first === 0 && candidate !== undefined);
}

/** What `program --version` prints; null where there is no such program. */
async function versionSaidBy(program: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], {
      env: { ...process.env, LC_ALL: 'C' },
      timeout: ANSWER_MS,
    });
    return stdout;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw refusal(`${program} --version failed: ${messageOf(error)}`);
  }
}
