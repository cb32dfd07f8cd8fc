/** What is handed over in every simulation, in this order: one of each kind of submission that can end differently. */
import { zipSync } from 'fflate';
import { sha256 } from '../../domain/events/canonical.ts';
import { familyId, ledgerId } from '../../domain/events/ids.ts';
import { defaultPolicy } from '../../domain/policy/default.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { type Admission, admit, DEFAULT_ADMISSION_LIMITS } from '../../services/intake/admit.ts';
import { gridWeights, shortGrid } from '../doubles/short-grid.ts';
import { commitmentFor } from '../support/randomness.ts';

export const policy: Policy = {
  ...defaultPolicy,
  name: 'simulated',
  plan: shortGrid,
  work: {
    reviewAttempts: 1_000,
    evaluationAttempts: 1_000,
    leaseMs: 30_000,
    clockSkewMs: 500,
    attemptDeadlineMs: 3_600_000,
  },
  scoring: {
    ...defaultPolicy.scoring,
    weights: gridWeights,
    standardErrorFloorMicrobits: 1_000,
    confidenceMilliZ: 1_000,
    minimumGainMicrobits: 1_000,
  },
  ownership: {
    ...defaultPolicy.ownership,
    confirmation: {
      ...defaultPolicy.ownership.confirmation,
      minimumEffectMicrobits: 1_000,
      minimumEffectPpm: 0,
      detectMicrobits: 10_000,
      deviationFloorMicrobits: 1_000,
    },
    holdMs: 120_000,
  },
  weights: { ...defaultPolicy.weights, burnHotkey: 'hotkey-burn' },
};

export const opened = {
  origin: 'simulation.example',
  netuid: 7,
  slug: 'simulation',
  seedCommitment: commitmentFor(1),
  salt: '0'.repeat(32),
  policy,
};

const LEDGER = ledgerId(opened);

function fingerprint(name: string, sketch: readonly number[]) {
  return { digest: sha256(`architecture ${name}`), sketch: [...sketch] };
}

const numbers = (from: number): readonly number[] => Array.from({ length: 16 }, (_, i) => from + i);

interface Project {
  readonly hotkey: string;
  readonly name: string;
  readonly script: object;
  readonly manifest?: string;
  readonly archive?: Buffer;
}

const gpt = fingerprint('gpt', numbers(1_000));
/** 15 of its 16 fingerprints are the GPT's. */
const nearGpt = fingerprint('near-gpt', [...numbers(1_000).slice(0, 15), 9_999]);
const tableReview = { architecture: fingerprint('table', numbers(5_000)), training: null };

const forGpt = (family: string): string =>
  `kind: training_for_arch\narchitecture_id: ${family}\ntraining:\n  entrypoint: model.py\n`;

const PROJECTS: readonly Project[] = [
  {
    hotkey: 'hotkey-table',
    name: 'table',
    script: { sharpness: 0.7, review: tableReview },
    manifest: 'kind: architecture_only\n',
  },
  {
    hotkey: 'hotkey-gpt',
    name: 'gpt',
    script: { sharpness: 0.9, recipeSharpness: 0.95, review: { architecture: gpt } },
  },
  {
    hotkey: 'hotkey-copy',
    name: 'copy',
    script: { sharpness: 0.9, recipeSharpness: 0.9, review: { architecture: gpt } },
  },
  { hotkey: 'hotkey-zip', name: 'broken', script: {}, archive: Buffer.from('this is not an archive') },
  {
    hotkey: 'hotkey-socket',
    name: 'socket',
    script: {
      review: {
        findings: [
          {
            rule: 'forbidden-import',
            severity: 'error',
            path: 'model.py',
            line: 1,
            message: 'imports socket',
            hint: 'remove it',
          },
        ],
      },
    },
  },
  { hotkey: 'hotkey-near', name: 'near', script: { sharpness: 0.92, review: { architecture: nearGpt } } },
  {
    hotkey: 'hotkey-crash',
    name: 'crash',
    script: { sharpness: 1, fail: { op: 'train', at: 5, how: 'learner-ended' } },
  },
  { hotkey: 'hotkey-worse', name: 'worse', script: { sharpness: 0.1, recipeSharpness: 0.1 } },
  {
    hotkey: 'hotkey-recipe',
    name: 'recipe',
    script: { sharpness: 0.9, recipeSharpness: 1 },
    manifest: forGpt(familyId(LEDGER, gpt.digest)),
  },
  {
    hotkey: 'hotkey-lost',
    name: 'lost',
    script: {},
    manifest: forGpt(familyId(LEDGER, sha256('nobody has this'))),
  },
  {
    hotkey: 'hotkey-gpt',
    name: 'unlucky',
    script: { sharpness: 0.8, fail: { op: 'predict', at: 3, how: 'our-fault', times: 2 } },
  },
];

export interface Handover {
  readonly hotkey: string;
  readonly nonce: string;
  readonly name: string;
  readonly body: Buffer;
  /** Worked out beforehand: unpacking uses real threads, which a simulation must not wait for. */
  readonly admission: Admission;
}

function archiveOf(project: Project): Buffer {
  if (project.archive !== undefined) return project.archive;
  const files: { [path: string]: Uint8Array } = {
    'model.py': Buffer.from(`# ${project.name}\n`),
    'script.json': Buffer.from(JSON.stringify(project.script)),
  };
  if (project.manifest !== undefined) files['prism.yaml'] = Buffer.from(project.manifest);
  return Buffer.from(zipSync(files, { mtime: new Date(1980, 0, 1) }));
}

export async function handovers(): Promise<readonly Handover[]> {
  return Promise.all(
    PROJECTS.map(async (project, index) => {
      const body = archiveOf(project);
      const admission = await admit(body, DEFAULT_ADMISSION_LIMITS);
      return { hotkey: project.hotkey, nonce: `nonce-${index}`, name: project.name, body, admission };
    }),
  );
}
