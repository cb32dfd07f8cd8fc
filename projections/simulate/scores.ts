/** Scores under the simulated policy: from the recorded runs, whatever was planned. */
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import { firstTrained, type Pair } from '../../domain/evaluation/runs.ts';
import { claimsTraining } from '../../domain/ledger/claimants.ts';
import type { SubmissionEntry } from '../../domain/ledger/state.ts';
import { canonicalArchitecture } from '../../domain/ledger/waiting.ts';
import { scoreOf } from '../../domain/scoring/score.ts';
import type { SubmissionState } from '../../domain/submission/state.ts';
import type { Simulation } from './state.ts';

const OF_RECIPE: ReadonlySet<Pair> = new Set(['recipe', 'recipe-on-reference', 'recipe-on-other', 'other']);

/** Without the runs of a recipe that the simulated policy calls the judge's own: it would not have asked for them. */
function askedFor(entry: SubmissionEntry, measurements: readonly Measurement[]): readonly Measurement[] {
  return claimsTraining(entry) ? measurements : measurements.filter(({ pair }) => !OF_RECIPE.has(pair));
}

function scored(entry: SubmissionEntry, recorded: SubmissionState, runs: readonly Measurement[]) {
  const { plan, scoring } = entry.policy;
  return scoreOf(askedFor(entry, runs), {
    plan,
    rules: scoring,
    firstTrained: firstTrained(plan),
    ownArchitecture: entry.state.admitted?.layout.kind !== 'training_for_arch',
    basis: recorded.scored?.basis ?? '',
  });
}

const UNKNOWN_FAMILY: NonNullable<SubmissionState['rejected']> = {
  stage: 'evaluation',
  code: 'unknown-family',
  message: 'under this policy nobody has discovered its family before it',
  findings: [],
  findingsBlob: null,
};

/** Scores `entry` where its runs are there and its architecture is decided. True where something has changed. */
export function scoreWhereDue(simulation: Simulation, entry: SubmissionEntry): boolean {
  const runs = simulation.unscored.get(entry.id);
  const recorded = simulation.recorded.submissions.get(entry.id)?.state;
  if (runs === undefined || recorded === undefined) return false;
  if (entry.state.admitted?.layout.kind === 'training_for_arch') {
    const on = canonicalArchitecture(simulation.ledger, entry);
    if (on === null) return false;
    if (on === 'unknown') {
      simulation.unscored.delete(entry.id);
      entry.state = { ...entry.state, phase: 'rejected', rejected: UNKNOWN_FAMILY };
      simulation.notes.push({
        kind: 'unknown-family',
        submission: entry.id,
        hotkey: entry.hotkey,
        claim: null,
        text: 'its family is not discovered before it, so it would be rejected instead of evaluated',
      });
      return true;
    }
  }
  simulation.unscored.delete(entry.id);
  entry.state = {
    ...entry.state,
    phase: 'scored',
    scored: scored(entry, recorded, runs),
    measurements: [],
  };
  return true;
}
