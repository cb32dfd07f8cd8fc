/**
 * What stands before a container gets a GPU, and how its busy time is read. NVIDIA's programs are stood in for by scripts that print what the
 * real ones print, since most machines that run this have no GPU; the engine is real.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Docker, { type ContainerCreateOptions } from 'dockerode';
import type { SandboxSpec } from '../../../domain/ports.ts';
import { containerOptions } from '../../../infra/sandbox/docker/container-options.ts';
import { openDockerSandbox } from '../../../infra/sandbox/docker/index.ts';
import { BusyMeter } from '../../../infra/sandbox/gpu/busy-meter.ts';
import { requireToolkit, TOOLKIT_FLOOR } from '../../../infra/sandbox/gpu/toolkit.ts';
import { cudaTag } from '../../../infra/sandbox/image-tag.ts';

const folder = mkdtempSync(join(tmpdir(), 'prism-gpu-'));
const path = process.env.PATH;
let programs = '';
beforeEach(() => {
  programs = mkdtempSync(join(folder, 'bin-'));
  process.env.PATH = `${programs}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
});
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

function toolkit(version: string): void {
  program('nvidia-ctk', `echo 'NVIDIA Container Toolkit CLI version ${version}'; echo 'commit: 0a1b2c3'`);
}

const SPEC: SandboxSpec = {
  image: 'reviewer',
  role: 'reviewer',
  labels: { 'prism.test': `gpu-${process.pid}` },
  limits: { memoryBytes: 1 << 27, cpus: 1, pids: 16, tmpBytes: 1 << 20, wallMs: 60_000 },
  device: { kind: 'cuda', ids: ['GPU-00000000-aaaa'] },
};

describe('the toolkit', () => {
  test.each([TOOLKIT_FLOOR, '1.20.0', '2.0.0-rc.1'])('%s may be used', async (version) => {
    toolkit(version);
    await expect(requireToolkit()).resolves.toBeUndefined();
  });

  test.each(['1.17.7', '1.17.8', '1.19.0', `${TOOLKIT_FLOOR}-rc.1`, '0.99.99'])(
    '%s is refused, with what to do',
    async (version) => {
      toolkit(version);
      const error = await requireToolkit().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ kind: 'our-fault' });
      for (const said of [version, TOOLKIT_FLOOR, 'nvidia-container-toolkit', 'restart Docker'])
        expect(error).toMatchObject({ message: expect.stringContaining(said) });
    },
  );

  test('each of its parts counts', async () => {
    toolkit(TOOLKIT_FLOOR);
    program('nvidia-container-cli', `printf 'cli-version: 1.16.1\\nlib-version: ${TOOLKIT_FLOOR}\\n'`);
    await expect(requireToolkit()).rejects.toThrow('nvidia-container-cli is version 1.16.1');
  });

  test.each([
    ['none is there', () => {}, 'no NVIDIA container toolkit was found'],
    ['it does not say', () => program('nvidia-ctk', 'echo hello'), 'does not say its version'],
    ['it fails', () => program('nvidia-ctk', 'exit 3'), 'failed'],
  ])('%s', async (_name, given, said) => {
    process.env.PATH = `${programs}:/usr/bin:/bin`;
    given();
    await expect(requireToolkit()).rejects.toMatchObject({
      kind: 'our-fault',
      message: expect.stringContaining(said),
    });
  });
});

describe('busy time', () => {
  /** Two GPUs, one working and one at rest, for so many rounds of 20 ms. */
  function smi(rounds: number, utilisation: string, then: string): void {
    program(
      'nvidia-smi',
      `echo $$ > ${programs}/pid
i=0
while [ $i -lt ${rounds} ]; do
  printf '0, GPU-00000000-aaaa, ${utilisation}\\n1, GPU-00000000-bbbb, 0\\n'; sleep 0.02; i=$((i + 1))
done
${then}`,
    );
  }

  async function until(holds: () => boolean): Promise<void> {
    for (let looks = 0; !holds() && looks < 500; looks++) await sleep(20);
    expect(holds()).toBe(true);
  }

  test('is what the GPUs watched were busy, under either of their names', async () => {
    smi(100_000, '50', '');
    const meter = new BusyMeter();
    const [worked, byIndex, rested, all] = await Promise.all(
      [['GPU-00000000-aaaa'], ['0'], ['1'], ['0', '1']].map((ids) => meter.watch(ids)),
    );
    await until(() => (worked?.busyUs() ?? 0) > 200_000);
    const startedLater = await meter.watch(['0']);
    expect(startedLater.busyUs()).toBeLessThan(worked?.busyUs() ?? 0);
    expect(rested?.busyUs()).toBe(0);
    for (const same of [byIndex, all])
      expect((same?.busyUs() ?? 0) / (worked?.busyUs() ?? 1)).toBeCloseTo(1, 1);
    worked?.stop();
    const atStop = worked?.busyUs();
    await until(() => (byIndex?.busyUs() ?? 0) > 300_000);
    expect(worked?.busyUs()).toBe(atStop);
    expect(atStop).toBeGreaterThan(0);
    for (const watch of [byIndex, rested, all, startedLater]) watch?.stop();
    // Nobody watches any more.
    const pid = Number(readFileSync(join(programs, 'pid'), 'utf8'));
    await until(() => !existsSync(`/proc/${pid}`));
  });

  test.each([
    ['is silent', '0', 'exec sleep 600'],
    ['has ended', '0', ''],
    ['cannot say', '[N/A]', 'exec sleep 600'],
  ])('where nvidia-smi %s, all time counts as busy', async (_name, utilisation, then) => {
    smi(5, utilisation, then);
    const watch = await new BusyMeter().watch(['0']);
    await until(() => watch.busyUs() > 2_000_000);
    watch.stop();
  });

  test.each([
    ['no such GPU', () => smi(100, '0', ''), 'there is no GPU 7; nvidia-smi lists: 0, GPU-00000000-aaaa, 1'],
    ['no driver', () => program('nvidia-smi', 'exit 9'), 'status 9'],
    ['no nvidia-smi', () => {}, 'nvidia-smi cannot be run'],
  ])('%s', async (_name, given, said) => {
    process.env.PATH = `${programs}:/usr/bin:/bin`;
    given();
    await expect(new BusyMeter().watch(['7'])).rejects.toMatchObject({
      kind: 'our-fault',
      message: expect.stringContaining(said),
    });
  });

  test('on the real engine: without that GPU it says so, and nothing is left', async () => {
    toolkit(TOOLKIT_FLOOR);
    smi(100_000, '0', '');
    const sandbox = openDockerSandbox();
    // An engine without GPUs has no driver for them, another one does not know this GPU.
    await expect(sandbox.open(SPEC)).rejects.toMatchObject({
      kind: 'our-fault',
      message: expect.stringMatching(/could not select device driver "nvidia"|unknown device/),
    });
    expect(await sandbox.sweep(SPEC.labels)).toBe(0);
    const pid = Number(readFileSync(join(programs, 'pid'), 'utf8'));
    await until(() => !existsSync(`/proc/${pid}`));
  });
});

describe('a container with GPUs', () => {
  test('is asked for exactly these, and otherwise as without', () => {
    const { device: _, ...without } = SPEC;
    const [asked, plain] = [SPEC, without].map((spec) => containerOptions(spec, 'sha256:0', '/tmp/x'));
    expect(asked).toEqual({
      ...plain,
      HostConfig: {
        ...plain?.HostConfig,
        DeviceRequests: [
          {
            Driver: 'nvidia',
            DeviceIDs: ['GPU-00000000-aaaa'],
            Capabilities: [['gpu', 'compute', 'utility']],
          },
        ],
      },
    });
  });

  test('is asked for only where the toolkit is safe', async () => {
    toolkit('1.17.7');
    class NoContainers extends Docker {
      override createContainer(): Promise<never> {
        throw new Error('a container was asked for');
      }
    }
    await expect(openDockerSandbox({ docker: new NoContainers() }).open(SPEC)).rejects.toThrow(
      `version ${TOOLKIT_FLOOR} or later is required`,
    );
  });

  test('that did not get them is killed before any untrusted code runs', async () => {
    toolkit(TOOLKIT_FLOOR);
    program('nvidia-smi', "while :; do echo '0, GPU-00000000-aaaa, 0'; sleep 0.05; done");
    /** The real engine, not asked for GPUs. */
    class Forgetful extends Docker {
      override async createContainer(options: ContainerCreateOptions): Promise<Docker.Container> {
        const { DeviceRequests: _, ...rest } = options.HostConfig ?? {};
        return await super.createContainer({ ...options, HostConfig: rest });
      }
    }
    await expect(openDockerSandbox({ docker: new Forgetful() }).open(SPEC)).rejects.toThrow('devices: cpu');
  });

  test('runs the CUDA build of the runner; where it is absent, the error says how to build it', async () => {
    class WithoutImages extends Docker {
      override getImage(name: string): Docker.Image {
        return super.getImage(`${name}-absent`);
      }
    }
    const sandbox = openDockerSandbox({ docker: new WithoutImages() });
    await expect(sandbox.imageDigest('runner', SPEC.device)).rejects.toThrow(
      `docker build --tag ${cudaTag()}`,
    );
    await expect(sandbox.imageDigest('runner')).rejects.toThrow('with-setup.mjs');
  });
});
