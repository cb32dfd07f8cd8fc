import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { defaultPolicy } from '../../../domain/policy/default.ts';
import { noBus } from '../../../infra/bus/none.ts';
import { openSqliteEventStore } from '../../../infra/event-store/sqlite/store.ts';
import { systemClock, systemRandom } from '../../../infra/system/index.ts';
import { loadOrCreateSecret, openLedger } from '../../../services/cli/open-ledger.ts';
import { bits, table } from '../../../services/cli/output.ts';
import { packFolder } from '../../../services/cli/pack.ts';
import { readPolicy } from '../../../services/cli/policy-file.ts';
import { admit, DEFAULT_ADMISSION_LIMITS } from '../../../services/intake/admit.ts';
import { LedgerClient } from '../../../services/runtime/ledger-client.ts';
import { loadSettings, placesOf } from '../../../services/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prism-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('settings', () => {
  test('come from the file, then the environment, then the command line', () => {
    const file = join(folder, 'settings.yaml');
    writeFileSync(file, 'slug: from-file\nport: 1111\nnetuid: 5\n');
    const settings = loadSettings(file, { PRISM_PORT: '2222', PRISM_NETUID: '6' }, { netuid: 7 });
    expect(settings).toMatchObject({ slug: 'from-file', port: 2222, netuid: 7 });
  });

  test('an unknown key is refused', () => {
    const file = join(folder, 'settings.yaml');
    writeFileSync(file, 'prot: 1111\n');
    expect(() => loadSettings(file, {})).toThrow(/prot/);
  });

  test('a value that cannot be names its key', () => {
    expect(() => loadSettings(null, { PRISM_PORT: 'eighty' })).toThrow(/setting port: /);
  });
});

describe('a policy file', () => {
  test('that is the default is read as it is', () => {
    const file = join(folder, 'policy.yaml');
    writeFileSync(file, JSON.stringify(defaultPolicy));
    expect(readPolicy(file)).toEqual(defaultPolicy);
  });

  test.each([
    ['weights: {', /policy .*policy.yaml: /],
    [JSON.stringify({ ...defaultPolicy, bonus: 1 }), /bonus/],
    [JSON.stringify({ ...defaultPolicy, work: { ...defaultPolicy.work, leaseMs: 1 } }), /work\.leaseMs: /],
    [
      JSON.stringify({ ...defaultPolicy, weights: { ...defaultPolicy.weights, trainingPoolPpm: 999_999 } }),
      /together exceed/,
    ],
  ])('that is wrong says where: %.20s', (text, message) => {
    const file = join(folder, 'policy.yaml');
    writeFileSync(file, text);
    expect(() => readPolicy(file)).toThrow(message);
  });
});

describe('packing a folder', () => {
  test('gives the same bytes every time, with the family filled in, and intake admits it', async () => {
    mkdirSync(join(folder, '__pycache__'));
    writeFileSync(join(folder, '__pycache__', 'model.pyc'), 'compiled');
    writeFileSync(join(folder, 'recipe.py'), 'def get_recipe(ctx):\n    return {}\n');
    const placeholder = ['$', '{FAMILY}'].join('');
    const manifest = `kind: training_for_arch\narchitecture_id: ${placeholder}\ntraining:\n  entrypoint: recipe.py\n`;
    writeFileSync(join(folder, 'prism.yaml'), manifest);
    const family = '0d6a1bd8-4c7b-5a8c-9d3f-1f4f6f2f7a10';
    const zip = packFolder(folder, { FAMILY: family });
    expect(packFolder(folder, { FAMILY: family }).equals(zip)).toBe(true);
    const admission = await admit(zip, DEFAULT_ADMISSION_LIMITS);
    if (!admission.ok) throw new Error(admission.rejection.message);
    expect(admission.layout.architectureId).toBe(family);
    expect([...admission.files.keys()]).toEqual(['prism.yaml', 'recipe.py']);
  });
});

describe('opening a ledger', () => {
  const client = () => {
    const store = openSqliteEventStore(':memory:');
    return new LedgerClient({ store, bus: noBus(), clock: systemClock });
  };

  test('makes secrets that only their owner can read, and commits to the one that seeds are drawn from', async () => {
    const settings = loadSettings(null, {}, { data: folder });
    const ledger = client();
    await openLedger(ledger, settings, systemRandom);
    const { seedSecret, bridgeToken } = placesOf(settings);
    for (const file of [seedSecret, bridgeToken]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(ledger.state.opened?.seedCommitment).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(ledger.state.opened)).not.toContain(readFileSync(seedSecret, 'utf8').trim());
    await openLedger(ledger, settings, systemRandom);
    expect(ledger.state.size).toBe(1);
  });

  test('refuses a secret that the ledger does not commit to', async () => {
    const settings = loadSettings(null, {}, { data: folder });
    const ledger = client();
    await openLedger(ledger, settings, systemRandom);
    writeFileSync(placesOf(settings).seedSecret, `${'ab'.repeat(32)}\n`);
    await expect(openLedger(ledger, settings, systemRandom)).rejects.toThrow(
      /not the secret that this ledger commits to/,
    );
  });

  test('a secret that exists is kept', () => {
    const file = join(folder, 'keys', 'token');
    const made = loadOrCreateSecret(file, () => 'first');
    expect(loadOrCreateSecret(file, () => 'second')).toBe(made);
  });
});

describe('output', () => {
  test('a table is as wide as its cells, numbers to the right', () => {
    expect(
      table(
        ['name', 'n'],
        [
          ['a', 1],
          ['long name', 100],
        ],
      ),
    ).toBe(['name       n', '--------------', 'a            1', 'long name  100'].join('\n'));
  });

  test('microbits are bits with three decimals', () => {
    expect([bits(1_234_567), bits(-20_000), bits(0)]).toEqual(['1.235', '-0.020', '0.000']);
  });
});
