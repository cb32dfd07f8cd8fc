/** `prism check`: a miner's pre-flight. The same intake and the same review with the same messages; nothing is recorded. */
import { readFileSync, statSync } from 'node:fs';
import { uuidV5 } from '../../domain/events/uuid.ts';
import { openDockerSandbox } from '../../infra/sandbox/docker/index.ts';
import { admit, DEFAULT_ADMISSION_LIMITS } from '../intake/admit.ts';
import { review } from '../reviewer/review.ts';
import { verdictOf } from '../reviewer/verdict.ts';
import { packFolder } from './pack.ts';

export interface CheckResult {
  readonly ok: boolean;
  readonly stage: 'intake' | 'review';
  readonly code: string | null;
  readonly message: string;
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly path: string | null;
    readonly line: number | null;
    readonly message: string;
    readonly hint: string;
  }[];
  readonly contentDigest: string | null;
  readonly architectureDigest: string | null;
}

const NOTHING = { findings: [], contentDigest: null, architectureDigest: null } as const;

/** @param path a ZIP, or a folder that is packed as it is */
export async function checkProject(path: string): Promise<CheckResult> {
  const zip = statSync(path).isDirectory() ? packFolder(path) : readFileSync(path);
  const admission = await admit(zip, DEFAULT_ADMISSION_LIMITS);
  if (!admission.ok) {
    const { code, message } = admission.rejection;
    return { ok: false, stage: 'intake', code, message, ...NOTHING };
  }
  const { layout, contentDigest } = admission;
  const found = await review(layout, admission.files, {
    sandbox: openDockerSandbox(),
    labels: { 'prism.service': 'check' },
  });
  if (!found.ok)
    return {
      ok: false,
      stage: 'review',
      code: found.code,
      message: found.message,
      ...NOTHING,
      contentDigest,
    };
  // No ledger is at hand, so whether a shipped architecture is the family's own cannot be said here.
  const anyLedger = uuidV5('00000000-0000-0000-0000-000000000000', 'check');
  const verdict = verdictOf(
    anyLedger,
    { ...layout, architectureId: null },
    found.result,
    '0'.repeat(64),
    'check',
  );
  const rejected = verdict.type === 'SubmissionRejected' ? verdict.data : null;
  return {
    ok: rejected === null,
    stage: 'review',
    code: rejected?.code ?? null,
    message: rejected?.message ?? 'the project passes intake and review',
    findings: found.result.findings,
    contentDigest,
    architectureDigest: found.result.architecture?.digest ?? null,
  };
}
