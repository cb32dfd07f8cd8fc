/** The command line as a process: its help, its exit statuses, and messages that say what to do. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { prism } from '../support/cli.ts';
import { shortPolicy } from '../support/real-engine.ts';

const scratch = mkdtempSync(join(tmpdir(), 'prism-cli-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const data = join(scratch, 'data');
const file = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};
const zip = file('project.zip', 'not really');
const empty = join(scratch, 'empty');
mkdirSync(empty);

describe('help', () => {
  const commands = [
    'up',
    'demo',
    'submit',
    'status',
    'check',
    'epoch close',
    'policy adopt',
    'hold resolve',
    'verify',
    'query',
    'explain owner',
    'explain score',
    'explain weight',
    'simulate',
  ];

  test('of prism names every command and every exit status', async () => {
    const { status, stdout } = await prism(['--help']);
    expect(status).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command.split(' ')[0]} `, 'm'));
    expect(stdout).toMatch(/Exit status: 0 .*1 .*2 .*3 /);
  });

  test.each(commands)('of %s says what it does', async (command) => {
    const { status, stdout } = await prism([...command.split(' '), '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: prism ${command} [^]*\\n\\n\\w[^]*Options:`));
  });

  test('the version is that of package.json', async () => {
    const { stdout } = await prism(['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a wrong command line: status 2, and what is wrong', () => {
  test.each<[string[], RegExp]>([
    [[], /Usage: prism/],
    [['dance'], /unknown command 'dance'\s+see prism --help/],
    [['epoch'], /Usage: prism epoch/],
    [['up', '--fast'], /unknown option '--fast'/],
    [['up', '--port', 'http'], /--port .*'http' is invalid. must be a whole number/],
    [['submit', zip], /'--hotkey <hotkey>' not specified/],
    [['hold', 'resolve', 'x', '--outcome', 'maybe', '--reason', 'y'], /Allowed choices are admit, refuse/],
    [['verify'], /missing required argument 'ledger'/],
    [['explain'], /Usage: prism explain/],
    [['explain', 'weight', 'h', '--epoch', 'last'], /--epoch .*'last' is invalid. must be a whole number/],
    [['simulate'], /'--policy <file>' not specified/],
    [['query', 'prices'], /no projection prices: submissions, leaderboard, owners, weights/],
  ])('%j', async (args, message) => {
    const { status, stdout, stderr } = await prism(['--data', data, ...args]);
    expect({ status, stderr, stdout }).toEqual({
      status: 2,
      stderr: expect.stringMatching(message),
      stdout: '',
    });
  });
});

describe('wrong settings: status 2, and the key', () => {
  test.each<[string, RegExp]>([
    ['prot: 8080', /setting prot: there is none of that name; there are data, store, .*port/],
    ['port: http', /setting port: /],
    ['port: 70000', /setting port: .*65535/],
    ['port: [', /settings .*config\.yaml: /],
    ['- port', /settings .*config\.yaml: must be a mapping/],
  ])('%j', async (text, message) => {
    const config = file('config.yaml', text);
    const { status, stderr } = await prism(['--config', config, '--data', data, 'epoch', 'close']);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(message) });
  });

  test('in the environment too', async () => {
    const { status, stderr } = await prism(['--data', data, 'epoch', 'close'], { PRISM_NETUID: '-1' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/setting netuid: /) });
  });

  test('a settings file that is not there', async () => {
    const { status, stderr } = await prism(['--config', join(scratch, 'none.yaml'), 'epoch', 'close']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/settings .*none\.yaml: /),
    });
  });
});

describe('a wrong policy file: status 2, and the key', () => {
  const { plan } = shortPolicy;
  test.each<[string, unknown, RegExp]>([
    ['nothing in it', null, /\(whole file\): /],
    ['an unknown key', { ...shortPolicy, prize: 1 }, /prize/],
    [
      'a wrong number',
      { ...shortPolicy, weights: { ...shortPolicy.weights, architecturePoolPpm: -1 } },
      /weights\.architecturePoolPpm: /,
    ],
    [
      'pools over the whole',
      { ...shortPolicy, weights: { ...shortPolicy.weights, architecturePoolPpm: 999_999 } },
      /weights: .*exceed 1000000/,
    ],
    [
      'a curve that ends too soon',
      { ...shortPolicy, plan: { ...plan, steps: plan.steps + 1 } },
      /plan\.checkpoints: the last checkpoint must be at step 9/,
    ],
  ])('%s', async (_name, policy, message) => {
    const path = file('policy.yaml', JSON.stringify(policy));
    for (const args of [
      ['policy', 'adopt', path, '--reason', 'better'],
      ['up', '--port', '0', '--policy', path],
      ['simulate', '--policy', path],
    ]) {
      const { status, stderr } = await prism(['--data', data, ...args]);
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(message) });
      expect(stderr).toContain(path);
    }
  });

  test('no file at all', async () => {
    const path = join(scratch, 'none.yaml');
    const { status, stderr } = await prism(['--data', data, 'policy', 'adopt', path, '--reason', 'better']);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(path) });
  });
});

describe('nothing there to work on', () => {
  const policy = file('good-policy.yaml', JSON.stringify(shortPolicy));
  const nowhere = join(scratch, 'nowhere');

  test.each<[string[], RegExp]>([
    [
      ['submit', zip, '--hotkey', 'h'],
      /no engine runs on .*nowhere: start one with `prism up`, or give --data/,
    ],
    [['status', 'x'], /no engine runs on .*`prism up`/],
    [['epoch', 'close'], /no ledger in .*nowhere: `prism up` opens one/],
    [['policy', 'adopt', policy, '--reason', 'r'], /no ledger in .*`prism up` opens one/],
    [['hold', 'resolve', 'x', '--outcome', 'admit', '--reason', 'r'], /no ledger in .*`prism up` opens one/],
    [['explain', 'owner', 'x'], /no folder .*nowhere\/log: give the log's/],
    [['simulate', '--policy', policy], /no folder .*nowhere\/log: give the log's/],
    [['query', 'weights'], /no folder .*nowhere\/log: give the log's/],
    [['verify', join(nowhere, 'log')], /no folder .*nowhere\/log: give the log's/],
    [['check', join(nowhere, 'project')], /there is no .*nowhere\/project: give a file or folder/],
    [['submit', join(nowhere, 'x.zip'), '--hotkey', 'h'], /there is no .*x\.zip: give a file/],
  ])('%j: status 1, what to do, and nothing is made', async (args, message) => {
    const { status, stdout, stderr } = await prism(['--data', nowhere, ...args]);
    expect({ status, stderr, stdout }).toEqual({
      status: 1,
      stderr: expect.stringMatching(message),
      stdout: '',
    });
    expect(existsSync(nowhere)).toBe(false);
  });

  test('an empty folder does not verify: status 3', async () => {
    const { status, stderr, stdout } = await prism(['verify', empty]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr).toContain('NOT VERIFIED: file log.vkey: is missing');
    expect(readdirSync(empty)).toEqual([]);
  });

  test('a key that is no key: status 3, and where it should come from', async () => {
    const { status, stderr } = await prism(['verify', empty, '--key', 'a+b+c']);
    expect(status).toBe(3);
    expect(stderr).toMatch(/NOT VERIFIED: .*key/);
  });

  test('an address where nobody answers: status 1', async () => {
    const { status, stderr } = await prism(['verify', 'http://127.0.0.1:9/']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/127\.0\.0\.1:9/);
  });
});
