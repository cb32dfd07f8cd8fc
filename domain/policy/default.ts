/** The policy that a new ledger is opened with unless another is given. */
import type { Plan } from '../evaluation/plan.ts';
import { PPM } from '../evaluation/units.ts';
import type { Policy } from './policy.ts';

const MIB = 1_048_576;

/** The base point only, long enough that the ranking is not nonsense, for two CPU cores: for tests and demos, not to pay anyone by. */
export const tinyPlan: Plan = {
  profile: 'tiny',
  seeds: 3,
  steps: 300,
  batch: 16,
  sequenceLength: 64,
  checkpoints: [
    { step: 25, windows: 256 },
    { step: 50, windows: 256 },
    { step: 100, windows: 256 },
    { step: 180, windows: 256 },
    { step: 240, windows: 1_024 },
    { step: 300, windows: 1_024 },
  ],
  requestsPerCheckpoint: 8,
  context: { maxLayers: 8, maxParameters: 300_000, depth: null },
  maxStateBytes: 4 * MIB,
  // At one revealed byte per parameter a table of counts beats whatever gradients can learn: only the trained reference counts here.
  panel: [{ model: 'bigram', cost: 1 }],
  ladders: [],
  elsewhere: { reference: false, families: 0 },
  checks: { seeds: 1, steps: 1, predictions: 1, unlearnedPpm: 10_000 },
  freshPredictors: false,
  futilityMicrobits: 500_000,
  randomness: { kind: 'committed' },
  timeouts: { startMs: 60_000, buildMs: 30_000, stepMs: 20_000, snapshotMs: 20_000, predictMs: 30_000 },
  trainer: { memoryBytes: 1_024 * MIB, milliCpus: 1_000, pids: 64, tmpBytes: 16 * MIB, wallMs: 300_000 },
  predictor: { memoryBytes: 1_024 * MIB, milliCpus: 1_000, pids: 64, tmpBytes: 16 * MIB, wallMs: 300_000 },
};

export const defaultPolicy: Policy = {
  name: 'tiny-1',
  plan: tinyPlan,
  work: {
    reviewAttempts: 5,
    evaluationAttempts: 5,
    leaseMs: 60_000,
    clockSkewMs: 5_000,
    attemptDeadlineMs: 3_600_000,
  },
  review: { semantic: 'off' },
  scoring: {
    standardErrorFloorMicrobits: 10_000,
    confidenceMilliZ: 2_000,
    minimumGainMicrobits: 20_000,
    payloadCounts: true,
    weights: { area: PPM / 2, late: PPM / 2, extrapolated: 0, size: 0, depth: 0, sequence: 0, batch: 0 },
    penalties: [],
    hookLatencyMilli: 2_000,
  },
  ownership: {
    confirmation: {
      familyAlphaPpm: 10_000,
      challengerAlphaPpm: 10_000,
      powerMissPpm: 100_000,
      minimumRuns: 2,
      maximumRuns: 6,
      minimumEffectMicrobits: 20_000,
      minimumEffectPpm: 10_000,
      detectMicrobits: 50_000,
      deviationFloorMicrobits: 15_000,
      deviationFloorDegrees: 40,
      screeningMilliZ: 0,
    },
    nearMatchPpm: 850_000,
    holdMs: 86_400_000,
    // A week in which only its finder can build on it.
    sealMs: 604_800_000,
    referenceTrainingDigests: [],
  },
  weights: {
    architecturePoolPpm: (6 * PPM) / 10,
    trainingPoolPpm: (4 * PPM) / 10,
    // One proven bit per byte is worth 30 % of an epoch.
    pricePpmPerBit: (3 * PPM) / 10,
    burnHotkey: null,
  },
};
