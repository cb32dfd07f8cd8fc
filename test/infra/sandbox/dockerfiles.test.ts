/** What images may be made of. The image for GPUs is too large to be built here; what can be shown without its base is. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { GPU_RUNNER, IMAGE_NAMES, imageTags } from '../../../infra/sandbox/image-tag.ts';

interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** Its instructions in order, without comments, continued lines joined. */
function instructions(dockerfile: string): Instruction[] {
  return readFileSync(join(GPU_RUNNER, dockerfile), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ name: line.split(' ')[0] ?? '', value: line.slice(line.indexOf(' ') + 1).trim() }));
}

function valuesOf(name: string, of: readonly Instruction[]): string[] {
  return of.filter((instruction) => instruction.name === name).map(({ value }) => value);
}

const FOR_GPUS = 'Dockerfile';

describe.each([FOR_GPUS, ...IMAGE_NAMES.map((name) => `images/${name}/Dockerfile`)])('%s', (dockerfile) => {
  const all = instructions(dockerfile);

  test('has one base, and takes nothing from a network', () => {
    expect(valuesOf('FROM', all)).toEqual([expect.stringMatching(/^\$\{BASE\}$/)]);
    expect(valuesOf('ADD', all)).toEqual([]);
    for (const command of valuesOf('RUN', all))
      expect(command).not.toMatch(/\b(curl|wget|git|pip3?|conda|apt|apt-get|https?|ftp)\b(?!\/)/);
  });

  test('holds our folders and nothing else of this machine', () => {
    for (const copied of valuesOf('COPY', all))
      expect(copied).toMatch(
        /^(prism_host|prism_challenge|reviewer) \/opt\/prism\/\1$|^images\/strip_docstrings\.py \/tmp\/$/,
      );
  });

  test('starts our host, as a user without rights', () => {
    expect(all.at(-1)).toEqual({ name: 'ENTRYPOINT', value: '["python3", "-m", "prism_host"]' });
    expect(valuesOf('USER', all).at(-1)).toBe('65532:65532');
    expect(valuesOf('CMD', all)).toEqual([]);
    const environment = valuesOf('ENV', all).join(' ');
    // A library named here would be loaded by the toolkit too, outside the container.
    expect(environment).not.toMatch(/LD_(PRELOAD|LIBRARY_PATH|AUDIT)/);
  });
});

describe('the base of the image for GPUs', () => {
  test('is an official PyTorch image by its digest', () => {
    const [base] = valuesOf('ARG', instructions(FOR_GPUS));
    expect(base).toMatch(/^BASE=pytorch\/pytorch@sha256:[0-9a-f]{64}$/);
  });

  test('may be another digest, and no other image', () => {
    const other = imageTags('reviewer').base;
    const { status, stdout, stderr } = spawnSync(
      'docker',
      ['build', '--network', 'none', '--build-arg', `BASE=${other}`, GPU_RUNNER],
      { encoding: 'utf8' },
    );
    expect(stdout + stderr).toContain(`BASE is ${other}; it must be pytorch/pytorch@sha256:<digest>`);
    expect(status).not.toBe(0);
  });

  test('gets no GPU but those that the engine gives', () => {
    expect(valuesOf('ENV', instructions(FOR_GPUS)).join(' ')).toContain('NVIDIA_VISIBLE_DEVICES=void');
  });
});
