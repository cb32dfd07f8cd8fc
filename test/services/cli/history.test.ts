/** `prism explain` and `prism simulate` on a real log: as people run them, and as programs read them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventBytes } from '../../../domain/events/envelope.ts';
import { prism, type Ran } from '../../support/cli.ts';
import { closeEpoch, familyOfName, idOf, type Script, smallPolicy, tell } from '../../support/history.ts';
import { type LogFolder, logFolder } from '../../support/log-folder.ts';

const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  sketch: [],
  training: 'a',
  gain: 300_000,
  recipeGain: 50_000,
};
const better: Script = { ...gpt, hotkey: 'B', kind: 'training_for_arch', training: 'b', recipeGain: 60_000 };

const builder = closeEpoch(tell([gpt, better])).settle();
const family = familyOfName(builder.ledger, 'gpt');
const submission = idOf(builder.ledger, better, 1);
const indexOf = (type: string) => builder.events.findLastIndex((event) => event.type === type);

let log: LogFolder;
let scratch: string;
beforeAll(async () => {
  log = await logFolder(builder.entries());
  scratch = mkdtempSync(join(tmpdir(), 'prism-history-'));
});
afterAll(async () => {
  await log.remove();
  rmSync(scratch, { recursive: true });
});

const ask = (...args: readonly string[]): Promise<Ran> => prism([...args, '--log', log.directory]);

function policyFile(policy: unknown): string {
  const file = join(scratch, 'policy.yaml');
  writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy));
  return file;
}

describe('prism explain', () => {
  test('owner shows claims with their evidence, and the index and id of what says so', async () => {
    const { status, stdout } = await ask('explain', 'owner', family);
    expect(status).toBe(0);
    const at = (type: string): string => `#${indexOf(type)} ${type} ${builder.events[indexOf(type)]?.id}`;
    expect(stdout).toContain(`training claim of B: granted  ${at('TrainingClaimDecided')}`);
    expect(stdout).toContain(`confirmation of the training claim: proven  ${at('SubmissionConfirmed')}`);
    expect(stdout).toContain('differences, one for each fresh seed: 0.009993, 0.009993');
    expect(stdout.match(/ RunMeasured /g)).toHaveLength(4 + 6 + 8);
  });

  test('score shows the card and its runs; as JSON it is all there', async () => {
    const { stdout } = await ask('explain', 'score', submission);
    expect(stdout).toMatch(/44875 ppm of 8 bits, by the pair recipe: the sum of/);
    expect(stdout).toMatch(/recipe seed 0: 4\.640000 bits per byte.* RunMeasured /);
    const json = JSON.parse((await ask('explain', 'score', submission, '--json')).stdout);
    expect(json).toMatchObject({ submission, score: { data: { scorePpm: 44_875 } } });
    expect(json.runs).toHaveLength(3);
  });

  test('weight goes from the share to the measurements, and says why the rest burns', async () => {
    const { stdout } = await ask('explain', 'weight', 'A', '--epoch', '1');
    expect(stdout).toContain(`of 65535 units  #${indexOf('WeightsDerived')} WeightsDerived `);
    expect(stdout).toMatch(
      /increment 0\.299000 bits per byte x 30\.0000 % for a bit = 8\.9700 % of a whole epoch/,
    );
    expect(stdout).toMatch(/burned: \d+ units, .* to 5Burn/);
    expect(stdout).toMatch(/the training pool's ceiling is not reached by what is proven/);
  });

  test('at an earlier index knows nothing of what came later', async () => {
    const first = builder.events.findIndex(({ type }) => type === 'ArchitectureClaimDecided');
    const { stdout } = await ask('explain', 'owner', family, '--at', String(first), '--json');
    const { size, architecture, training, claims } = JSON.parse(stdout);
    expect({ size, owner: architecture.hotkey, training }).toEqual({
      size: first + 1,
      owner: 'A',
      training: null,
    });
    // B's recipe was received too, but nothing of it is decided.
    expect(claims.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['discovered', 'open', 'open']);
  });

  test.each([
    [['owner', 'nothing'], 1, /nothing is claimed of family nothing: `prism query owners`/],
    [['score', 'nothing'], 1, /no submission nothing was received: `prism query submissions`/],
    [['weight', 'Z'], 1, /nothing was received from Z: `prism query weights`/],
    [['weight', 'A', '--epoch', '9'], 1, /epoch 9 is not closed: the last closed epoch is 1/],
    [['owner', 'x', '--at', '999999'], 2, /--at 999999 is past the log's end/],
  ])('%j says what is wrong', async (args, status, message) => {
    const ran = await ask('explain', ...args);
    expect(ran).toEqual({ status, stdout: '', stderr: expect.stringMatching(message) });
  });
});

test('a log whose score is not what follows is neither explained nor simulated', async () => {
  const index = builder.events.findIndex(({ type }) => type === 'SubmissionScored');
  const forged = builder.events.map((event, at) =>
    at === index ? { ...event, data: { ...event.data, scorePpm: 999_999 } } : event,
  );
  const other = await logFolder(forged.map(eventBytes));
  try {
    for (const args of [
      ['explain', 'owner', family],
      ['simulate', '--policy', policyFile(smallPolicy)],
    ]) {
      const { status, stderr, stdout } = await prism([...args, '--log', other.directory]);
      expect({ status, stderr, stdout }).toEqual({
        status: 1,
        stderr: expect.stringMatching(new RegExp(`^prism: index ${index}: SubmissionScored .*999999`)),
        stdout: '',
      });
    }
  } finally {
    await other.remove();
  }
});

describe('prism simulate', () => {
  test("under the ledger's own policy nothing would change", async () => {
    const { status, stdout } = await ask('simulate', '--policy', policyFile(smallPolicy));
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        /^history up to index \d+ under policy small .*\nnothing would change\n$/,
      ),
    });
  });

  test('under another shows what would be, and what is ignored', async () => {
    const policy = {
      ...smallPolicy,
      name: 'dear',
      work: { ...smallPolicy.work, leaseMs: 99_000 },
      weights: { ...smallPolicy.weights, pricePpmPerBit: 600_000 },
    };
    const { stdout } = await ask('simulate', '--policy', policyFile(policy));
    expect(stdout).toMatch(/under policy dear .*\nits attempts and leases differ and are ignored/);
    expect(stdout).toMatch(/weights\n\nepoch +hotkey +units +would be\n-+\n +1 +A +\d+ +\d+\n/);
    expect(stdout).not.toContain('leaderboard');
    const json = JSON.parse((await ask('simulate', '--policy', policyFile(policy), '--json')).stdout);
    expect(json).toMatchObject({ same: false, ignored: ['work'], leaderboard: [], owners: [] });
  });

  test('up to an index leaves out what came later', async () => {
    const before = indexOf('EpochClosed') - 1;
    const dear = { ...smallPolicy, weights: { ...smallPolicy.weights, pricePpmPerBit: 600_000 } };
    const { stdout } = await ask('simulate', '--policy', policyFile(dear), '--at', String(before));
    expect(stdout).toMatch(new RegExp(`^history up to index ${before} .*\\nnothing would change\\n$`));
  });

  const { weights, ownership, scoring } = smallPolicy;
  test.each<[string, unknown, RegExp]>([
    ['not YAML', 'weights: [', /policy .*policy\.yaml: /],
    [
      'a price past every bound',
      { ...smallPolicy, weights: { ...weights, pricePpmPerBit: 1e300 } },
      /weights\.pricePpmPerBit: /,
    ],
    [
      'signals that weigh more than the whole',
      { ...smallPolicy, scoring: { ...scoring, weights: { ...scoring.weights, area: 1_000_000 } } },
      /scoring\.weights: sum to 1500000, not to 1000000/,
    ],
    [
      'pools over the whole',
      { ...smallPolicy, weights: { ...weights, architecturePoolPpm: 1_000_000 } },
      /exceed 1000000/,
    ],
    [
      'more runs than an event lists',
      {
        ...smallPolicy,
        ownership: { ...ownership, confirmation: { ...ownership.confirmation, maximumRuns: 1_000 } },
      },
      /ownership\.confirmation\.maximumRuns: Too big/,
    ],
  ])('refuses a policy with %s', async (_name, policy, message) => {
    const ran = await ask('simulate', '--policy', policyFile(policy));
    expect(ran).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('says where a policy file is missing', async () => {
    const file = join(scratch, 'none.yaml');
    const ran = await ask('simulate', '--policy', file);
    expect(ran).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining(file) });
  });
});
