/**
 * Two implementations agree. `derive.py` was written from the documents; it and the engine's fold derive scores, owners and weights from the same
 * exported ledgers, and have to come to the same bytes.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { canonicalText, sha256 } from '../../domain/events/canonical.ts';
import type { EventEnvelope } from '../../domain/events/envelope.ts';
import { PPT, studentQuantileMilli } from '../../domain/ownership/luck/quantile.ts';
import { type Policy, policySchema } from '../../domain/policy/policy.ts';
import { closeEpoch, smallPolicy, tell } from '../support/history.ts';
import { logFolder } from '../support/log-folder.ts';
import { expectedOf, type Tally } from './expected.ts';
import { historyOf } from './histories.ts';
import { python } from './python.ts';

const HISTORIES = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'prism-agreement-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The log as a validator has it at hand: one canonical event a line. */
function exported(events: readonly EventEnvelope[]): string {
  return events.map((event) => `${canonicalText(event)}\n`).join('');
}

describe('owners and weights', () => {
  test(`${HISTORIES} histories of all kinds come to the same bytes`, () => {
    const file = join(folder, 'ledgers.jsonl');
    const handle = openSync(file, 'w');
    const different = new Set<string>();
    const expected: string[] = [];
    const tally: Tally = new Map();
    for (let seed = 0; seed < HISTORIES; seed += 1) {
      const { events } = historyOf(seed);
      const ledger = exported(events);
      writeSync(handle, ledger);
      different.add(sha256(ledger));
      expected.push(expectedOf(events, tally));
    }
    closeSync(handle);
    expect(different.size).toBe(HISTORIES);

    const derived = python('derive.py', [file]);
    // Where one differs, the script says which entry of the log says something else.
    expect(derived.stderr).toBe('');
    expect(derived.status).toBe(0);
    expect(derived.lines).toHaveLength(HISTORIES);
    for (const [seed, line] of derived.lines.entries())
      expect({ seed, line }).toEqual({ seed, line: expected[seed] });

    process.stdout.write(
      `\ntwo implementations agree on ${HISTORIES} histories with\n${[...tally]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([what, count]) => `  ${String(count).padStart(6)}  ${what}`)
        .join('\n')}\n\n`,
    );
    for (const [what, least] of Object.entries(AT_LEAST))
      expect({ what, enough: (tally.get(what) ?? 0) >= least }).toEqual({ what, enough: true });
  }, 600_000);

  test('the folder of a log says the same', async () => {
    const { events } = historyOf(3);
    const log = await logFolder(events.map((event) => Buffer.from(canonicalText(event))));
    try {
      expect(python('derive.py', [log.directory])).toEqual({
        status: 0,
        lines: [expectedOf(events)],
        stderr: '',
      });
    } finally {
      await log.remove();
    }
  });

  test('what is weighed otherwise is taken from the log, and said so', () => {
    const policy: Policy = policySchema.parse({
      ...smallPolicy,
      scoring: {
        ...smallPolicy.scoring,
        weights: { ...smallPolicy.scoring.weights, area: 500_000, late: 300_000, extrapolated: 200_000 },
      },
    });
    const script = { hotkey: 'A', architecture: 'gpt', gain: 300_000, recipeGain: 50_000 } as const;
    const scripts = [
      { ...script, kind: 'full', training: 'r' },
      { ...script, kind: 'training_for_arch', training: 's', recipeGain: 70_000, hotkey: 'B' },
    ] as const;
    const { events } = closeEpoch(tell(scripts, { policy })).settle();
    const derived = python('derive.py', ['-'], exported(events));
    expect(derived).toMatchObject({ status: 0, lines: [expectedOf(events)] });
    // Two scores; confirmations of two recipes and an architecture.
    expect(
      derived.stderr.match(/taken from the log: .* since its policy weighs the extrapolated gain/g),
    ).toHaveLength(5);
  });
});

/** What the histories have to come to, so that there is something to agree on. */
const AT_LEAST: { readonly [what: string]: number } = {
  'claims: ArchitectureClaimDecided discovered': 500,
  'claims: ArchitectureClaimDecided known': 200,
  'claims: ArchitectureClaimDecided refused': 30,
  'claims: ArchitectureClaimDecided unproven': 200,
  'claims: TrainingClaimDecided below-margin': 100,
  'claims: TrainingClaimDecided granted': 500,
  'claims: TrainingClaimDecided known': 50,
  'claims: TrainingClaimDecided unproven': 200,
  challenges: 100,
  'confirmations of an architecture': 1_000,
  'confirmations of a training': 500,
  'epochs closed': 1_500,
  'holds admitted': 20,
  'holds expired': 20,
  'holds of another structure': 20,
  'holds of no known structure': 20,
  'holds of one structure': 20,
  'holds open': 20,
  'holds refused': 10,
  'items kept': 30,
  'items paid': 1_500,
  'items released': 10,
};

describe('it can fail', () => {
  /** A history with a discovery, and where its confirmation has measured. */
  const { events } = closeEpoch(
    tell([{ hotkey: 'A', kind: 'architecture_only', architecture: 'gpt', gain: 300_000 }]),
  ).settle();

  /** The same events, but for one figure: `changed` gets the data of the last event of a type. */
  function withOne(type: string, changed: (data: EventEnvelope['data']) => EventEnvelope['data']): string {
    const at = events.findLastIndex((event) => event.type === type);
    return exported(
      events.map((event, index) => (index === at ? { ...event, data: changed(event.data) } : event)),
    );
  }

  test('unchanged it agrees', () => {
    expect(python('derive.py', ['-'], exported(events))).toEqual({
      status: 0,
      lines: [expectedOf(events)],
      stderr: '',
    });
  });

  test('where the last loss of a run is two microbits more', () => {
    const ledger = withOne('RunMeasured', (data) => {
      const [first, last] = data.curve as { lossMicrobits: number }[];
      return {
        ...data,
        curve: [first, { ...last, lossMicrobits: (last?.lossMicrobits ?? 0) + 2 }],
      } as typeof data;
    });
    const derived = python('derive.py', ['-'], ledger);
    expect(derived.status).toBe(3);
    expect(derived.stderr).toMatch(/entry \d+ \(SubmissionConfirmed\): evidence is derived as/);
    expect(derived.lines).not.toEqual([expectedOf(events)]);
  });

  test('where the log grants what nobody is owed', () => {
    const at = events.findIndex(({ type }) => type === 'SubmissionConfirmed');
    const derived = python('derive.py', ['-'], exported(events.filter((_, index) => index !== at)));
    expect(derived.status).toBe(3);
    expect(derived.lines[0]).toMatch(
      /"wrong":"entry \d+ is ArchitectureClaimDecided of submission .*; SubmissionConfirmed is owed/,
    );
  });

  test('where the weights of an epoch say something else', () => {
    const ledger = withOne('WeightsDerived', (data) => ({
      ...data,
      burn: { hotkey: '5Burn', units: 65_535 },
    }));
    const derived = python('derive.py', ['-'], ledger);
    expect(derived).toMatchObject({ status: 3, lines: [expectedOf(events)] });
    expect(derived.stderr).toMatch(/entry \d+ \(WeightsDerived\): burn is derived as/);
  });
});

test("Student's quantile is the same on a grid", () => {
  const alphas = [1, 7, 9_990, 990_099, 5_000_000_000, 80_000_000_000, 123_456_789_012, PPT / 4, PPT / 2 - 1];
  const degrees = [1, 2, 3, 4, 5, 6, 7, 10, 11, 31, 42, 43, 57, 100, 399, 400, 401, 4_000];
  const grid = alphas.flatMap((alpha) => degrees.map((of) => [alpha, of] as const));
  const { lines } = python('student.py', [], grid.map((row) => `${row.join(' ')}\n`).join(''));
  expect(lines).toEqual(grid.map(([alpha, of]) => String(studentQuantileMilli(alpha, of))));
});
