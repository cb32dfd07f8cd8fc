/** `prism status` as people run it, beside a real gateway. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunProgress } from '../../../domain/evaluation/progress.ts';
import { CommandError } from '../../../services/cli/output.ts';
import type { RunningEngine } from '../../../services/cli/running.ts';
import { liveText } from '../../../services/cli/status/live-text.ts';
import { showStatus } from '../../../services/cli/status/show.ts';
import { prism } from '../../support/cli.ts';
import { generateLedger } from '../../support/ledger.ts';
import { type Harness, openHarness } from '../gateway/harness.ts';
import { progressOf } from '../gateway/progress.ts';

const ledger = generateLedger();
const entries = ledger.entries();
const startedAt = ledger.events.findIndex(({ type }) => type === 'EvaluationStarted');
const id = ledger.events[startedAt]?.stream.slice('submission-'.length) ?? '';
const scoredAt = ledger.events.findIndex(
  ({ type, stream }) => type === 'SubmissionScored' && stream === `submission-${id}`,
);

let tell: (progress: RunProgress) => void;
let harness: Harness;
let url: string;
let data: string;

beforeEach(async () => {
  harness = await openHarness(entries.slice(0, startedAt + 1), {
    ports: {
      onProgress: (onProgress) => {
        tell = onProgress;
        return () => {};
      },
    },
  });
  url = await harness.app.listen({ host: '127.0.0.1', port: 0 });
  data = mkdtempSync(join(tmpdir(), 'prism-status-'));
  const running: RunningEngine = { pid: process.pid, gateway: url, intake: url, nats: null, pids: {} };
  writeFileSync(join(data, 'running.json'), JSON.stringify(running));
});
afterEach(async () => {
  await harness.close();
  rmSync(data, { recursive: true });
});

const status = (...args: string[]) => prism(['--data', data, 'status', ...args]);
const evaluate = () => {
  tell(progressOf(id, { run: 'recipe seed 0', step: 7 }));
  tell(progressOf(id, { step: 120, lossMicrobits: 4_012_345 }));
};

describe('prism status', () => {
  test('shows runs done of planned, and step and last judged loss of the runs under way', async () => {
    evaluate();
    expect(await status(id)).toEqual({
      status: 0,
      stderr: '',
      stdout: [
        `${id} of 5Miner0, full`,
        'running: attempt 1, 4 of 9 runs done',
        '',
        'run                  step        loss',
        '-----------------------------------------------',
        'architecture seed 1  120 of 300  4.012',
        'recipe seed 0        7 of 300    not yet judged',
        '',
      ].join('\n'),
    });
  });

  test('as JSON is what the gateway answers, with the progress', async () => {
    evaluate();
    const { stdout } = await status(id, '--json');
    const answer = await harness.json(`/v1/submissions/${id}`);
    const { progress } = Object(await harness.json(`/v1/submissions/${id}/progress`));
    expect(progress.runs).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual({ ...Object(answer), progress });
  });

  test('says so where no progress is known, how it ended, and why', async () => {
    expect((await status(id)).stdout).toMatch(/\nrunning: attempt 1, 0 runs done\n$/);
    await harness.grow(entries.slice(startedAt + 1));
    expect((await status(id)).stdout).toMatch(/\ncompleted: score 0\.\d+, architecture discovered/);
    const rejected = ledger.events.find(({ type }) => type === 'SubmissionRejected');
    const { stdout } = await status(rejected?.stream.slice('submission-'.length) ?? '');
    expect(stdout).toContain(`rejected: ${rejected?.data.message} [${rejected?.data.code}]`);
  });

  test('of a submission that is not in the log says so', async () => {
    const { status: code, stderr, stdout } = await status('070105ab-0000-5000-8000-000000000000');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('404: {"code":"unknown-submission"');
  });
});

/** Watches until the end of it; what is written as it is. */
function watching(options: { json: boolean; isTTY?: boolean }, gatewayOf = () => url) {
  const out = Object.assign(new PassThrough({ encoding: 'utf8' }), { columns: 80, isTTY: options.isTTY });
  const written: string[] = [];
  let wake = () => {};
  out.on('data', (text: string) => {
    written.push(text);
    wake();
  });
  const done = showStatus(gatewayOf, id, { json: options.json, watch: true }, out as never);
  return {
    done,
    written,
    async until(text: string): Promise<void> {
      while (!written.join('').includes(text))
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
  };
}

describe('prism status --watch', () => {
  test('in a pipe: a line for each change, until the submission is scored', async () => {
    const { done, written, until } = watching({ json: false });
    await until('runs done');
    tell(progressOf('070105ab-0000-5000-8000-000000000000', { run: 'of another' }));
    tell(progressOf(id, { step: 50 }));
    await until('step 50');
    tell(progressOf(id, { step: 120, lossMicrobits: 4_012_345 }));
    await until('step 120');
    tell(progressOf(id, { step: 300, lossMicrobits: 3_000_000, ended: true, runsDone: 5 }));
    await until('step 300');
    await harness.grow(entries.slice(startedAt + 1, scoredAt + 1));
    await done;
    const lines = written.join('').trimEnd().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'running: attempt 1, 0 runs done',
      'architecture seed 1: step 50 of 300',
      'architecture seed 1: step 120 of 300, loss 4.012',
      'architecture seed 1: step 300 of 300, loss 3.000, recorded: 5 of 9 runs done',
    ]);
    expect(lines.at(-1)).toMatch(/^completed: score 0\.\d+/);
  });

  test('on a terminal: drawn again in its place', async () => {
    const { done, written, until } = watching({ json: false, isTTY: true });
    await until('runs done');
    tell(progressOf(id, { step: 50 }));
    await until('50 of 300');
    await harness.grow(entries.slice(startedAt + 1));
    await done;
    const [, overTwoLines] = written;
    expect(overTwoLines).toContain('\x1b[2A\x1b[0J');
    expect(overTwoLines).toContain('running: attempt 1, 4 of 9 runs done\n\nrun ');
    const overSixLines = written.at(-1);
    expect(overSixLines).toContain('\x1b[6A\x1b[0J');
    expect(overSixLines).toContain('\ncompleted: score 0.');
  });

  test('as JSON: one object a line', async () => {
    const { done, written, until } = watching({ json: true });
    await until('"id"');
    tell(progressOf(id, { step: 50 }));
    await until('"step":50');
    await harness.grow(entries.slice(startedAt + 1));
    await done;
    const objects = written
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects[0]).toMatchObject({ id, status: 'running', progress: null });
    expect(objects[1]).toMatchObject({ progress: { runsDone: 4, runs: [{ step: 50 }] } });
    expect(objects.at(-1)).toMatchObject({ id, status: 'completed', progress: null });
  });

  test('goes on beside a gateway that comes back at another address', async () => {
    const { done, written, until } = watching({ json: false });
    await until('runs done');
    const old = harness;
    harness = await openHarness(entries);
    url = await harness.app.listen({ host: '127.0.0.1', port: 0 });
    await old.close();
    await done;
    expect(written.at(-1)).toMatch(/^completed: /);
  });

  test('ends where the engine does', async () => {
    let ended = false;
    const { done, until } = watching({ json: false }, () => {
      if (ended) throw new CommandError('no engine runs');
      return url;
    });
    await until('runs done');
    ended = true;
    await harness.app.close();
    await expect(done).rejects.toThrow('no engine runs');
  });
});

describe('text that is drawn in its place', () => {
  test('is cut to the screen', () => {
    const written: string[] = [];
    const draw = liveText({ write: (text: string) => written.push(text) > 0, columns: 40, rows: 5 });
    draw(Array(20).fill('x'.repeat(100)).join('\n'));
    draw('done');
    expect(written).toEqual([`${Array(4).fill('x'.repeat(39)).join('\n')}\n`, '\x1b[4A\x1b[0Jdone\n']);
  });
});
