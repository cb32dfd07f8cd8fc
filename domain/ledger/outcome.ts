/**
 * The outcome digest: verdicts, reasons, scores, owners and weights by submission id, without index, time or attempt. It is equal for every
 * run of the same submissions handed over in the same order, whatever crashed on the way.
 */
import { digestOf, type Json } from '../events/canonical.ts';
import type { DataOf } from '../events/catalogue.ts';
import type { LedgerState } from './state.ts';

function byKey<T>(entries: Iterable<readonly [string, T]>): readonly (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Without `elsewhere` too: which other architectures a recipe was tried on depends on what had been discovered by then. */
function scoreOf(scored: DataOf<'SubmissionScored'>) {
  const { elsewhere: _, ...rest } = withoutBasis(scored);
  return rest;
}

function withoutBasis<T extends { readonly basis: string }>(data: T): Omit<T, 'basis'> {
  const { basis: _, ...rest } = data;
  return rest;
}

/** The outcome as plain data, for people who ask where two runs differ. */
export function outcomeOf(state: LedgerState): Json {
  const submissions = byKey(state.submissions).map(([id, entry]) => {
    const { phase, rejected, scored } = entry.state;
    return {
      id,
      hotkey: entry.hotkey,
      phase,
      rejected: rejected && {
        stage: rejected.stage,
        code: rejected.code,
        message: rejected.message,
        findings: rejected.findings.length,
      },
      scored: scored && scoreOf(scored),
    };
  });
  const families = byKey(state.families).map(([id, family]) => ({
    id,
    discovery: family.discovery && withoutBasis(family.discovery),
    training: family.variants.map(({ grantedAt: _, ...variant }) => variant),
    architectureDecided: [...family.architectureDecided].sort(),
    trainingDecided: [...family.trainingDecided].sort(),
    holds: byKey(family.holds).map(([submission, hold]) => ({
      submission,
      near: hold.nearSubmission,
      resolution: hold.resolution,
    })),
  }));
  const epochs = [...state.epochs].map(([epoch, entry]) => ({
    epoch,
    weights: entry.weights && withoutBasis(entry.timeless),
    emitted: [...entry.emissions.keys()].sort(),
  }));
  return { submissions, families, epochs } as Json;
}

export function outcomeDigest(state: LedgerState): string {
  return digestOf(outcomeOf(state));
}
