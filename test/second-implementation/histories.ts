/** Histories of all kinds, each from its number alone. */
import type { Measurement } from '../../domain/evaluation/measurement.ts';
import { sha256 } from '../../domain/events/canonical.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { type Choice, closeEpoch, type Script, smallPolicy, tell } from '../support/history.ts';
import type { LedgerBuilder } from '../support/ledger-builder.ts';
import { type SeededRandom, seededRandom } from '../support/random.ts';

function oneOf<T>(random: SeededRandom, first: T, ...others: readonly T[]): T {
  return others[random.int(others.length + 1) - 1] ?? first;
}

const numbers = (from: number): number[] => Array.from({ length: 16 }, (_, at) => from + at);
const near = (from: number): number[] => [...numbers(from).slice(0, 15), from + 99];

/** Sketches of the architectures there are: two that look alike, one that looks like half of them, one like none. */
const SKETCHES: { readonly [name: string]: readonly number[] } = {
  gpt: numbers(0),
  'near-gpt': near(0),
  'half-gpt': numbers(8),
  gru: numbers(500),
};

/** Two seeds and a futility stop, weights that do not weigh alike, payloads that count, a panel of one model at two costs. */
const pairedPolicy: Policy = {
  ...smallPolicy,
  name: 'paired',
  plan: {
    ...smallPolicy.plan,
    seeds: 2,
    futilityMicrobits: 250_000,
    panel: [
      { model: 'bigram', cost: 1 },
      { model: 'bigram', cost: 4 },
      { model: 'ngram', cost: 1 },
    ],
  },
  scoring: {
    ...smallPolicy.scoring,
    confidenceMilliZ: 1_645,
    weights: { ...smallPolicy.scoring.weights, area: 700_000, late: 300_000 },
  },
  ownership: {
    ...smallPolicy.ownership,
    holdMs: 30_000,
    confirmation: {
      ...smallPolicy.ownership.confirmation,
      maximumRuns: 8,
      minimumEffectPpm: 20_000,
      deviationFloorMicrobits: 2_500,
      deviationFloorDegrees: 5,
    },
  },
  weights: { ...smallPolicy.weights, pricePpmPerBit: 1_700_000, burnHotkey: null },
};

/** Hardly anything looks alike, hardly a price. */
const strictPolicy: Policy = {
  ...smallPolicy,
  name: 'strict',
  ownership: { ...smallPolicy.ownership, nearMatchPpm: 990_000, holdMs: 20_000 },
  weights: { ...smallPolicy.weights, pricePpmPerBit: 900_000, architecturePoolPpm: 150_000 },
};

const POLICIES = [smallPolicy, pairedPolicy, strictPolicy] as const;

const FATES = ['abandoned', 'rejected-in-review', 'reviewed-only', 'rejected-at-intake'] as const;

/** A number that depends on `name` only, from 0 up to but not including `below`. */
function drawn(name: string, below: number): number {
  return Number.parseInt(sha256(name).slice(0, 12), 16) % below;
}

/** Noise of so many microbits to both sides on every loss, other costs and payloads for every run: always the same for the same run. */
function straying(salt: string, reach: number, hooked: boolean): (measured: Measurement) => Measurement {
  return (measured) => {
    const { pair, variant, point, seed } = measured;
    const name = `${salt} ${pair} ${variant} ${point} ${seed}`;
    const noise = (at: number): number => drawn(`${name} loss ${at}`, 2 * reach + 1) - reach;
    const curve = measured.curve.map((one, at) => ({
      ...one,
      lossMicrobits: one.lossMicrobits + noise(at),
    }));
    const hook =
      hooked && (pair === 'recipe' || pair === 'incumbent')
        ? {
            points: curve.slice(-1).map(({ step, lossMicrobits, windows }) => ({
              step,
              lossMicrobits: lossMicrobits - drawn(`${salt} hook`, 30_000) - noise(99),
              windows,
            })),
            latency: { medianUs: 100 + drawn(`${name} median`, 101), p95Us: 120 },
            ending: { kind: 'completed' as const, detail: '' },
          }
        : measured.hook;
    return {
      ...measured,
      curve,
      hook,
      payloadBytes: pair === 'reference' ? 0 : drawn(`${salt} payload`, 3),
      trainerCpuUs: (pair === 'reference' && variant === 1 ? 4_000 : 1_000) + drawn(`${name} cost`, 700),
      gpuBusyUs: drawn(`${name} busy`, 900),
    };
  };
}

function resolving(random: SeededRandom): Pick<Script, 'resolver'> {
  return oneOf(
    random,
    {},
    {},
    { resolver: 'admit' },
    { resolver: 'admit' },
    { resolver: 'refuse' },
    { resolver: 'nobody' },
  );
}

/** One of two models, or none told. */
function tensorsOf(salt: string): Measurement['tensors'] {
  const which = drawn(`${salt} tensors`, 5);
  return which === 0 ? [] : [{ dtype: 'float32', shape: [256, which % 2 === 0 ? 16 : 32] }];
}

function scriptOf(random: SeededRandom, salt: string): Script {
  const architecture = oneOf(random, 'gpt', 'gpt', 'gpt', 'near-gpt', 'near-gpt', 'half-gpt', 'gru');
  const hooked = random.int(8) === 0;
  const reach = oneOf(random, 0, 0, 300, 2_000, 9_000, 40_000);
  return {
    hotkey: oneOf(random, 'A', 'B', 'C', 'D'),
    kind: oneOf(random, 'full', 'full', 'training_for_arch', 'training_for_arch', 'architecture_only'),
    architecture,
    sketch: SKETCHES[architecture] ?? [],
    training: oneOf(random, 'r1', 'r2', 'r3', 'r4', 'r5'),
    tensors: tensorsOf(salt),
    gain: oneOf(random, 18_000, 60_000, 200_000, 300_000, 900_000) + random.int(5_000),
    recipeGain:
      oneOf(random, -300_000, 21_000, 40_000, 60_000, 62_000, 64_000, 67_000, 150_000) + random.int(5_000),
    hooked,
    lapses: oneOf(random, 0, 0, 0, 1),
    fate: random.int(8) > 0 ? 'scored' : oneOf(random, ...FATES),
    ...resolving(random),
    ...(random.int(6) === 0 ? { policy: oneOf(random, ...POLICIES) } : {}),
    ...(reach === 0 && !hooked ? {} : { also: straying(salt, reach, hooked) }),
  };
}

function renamed(random: SeededRandom, { architecture }: Script): Pick<Script, 'architecture' | 'sketch'> {
  const name = oneOf(random, architecture, 'gpt', 'near-gpt');
  return { architecture: name, sketch: SKETCHES[name] ?? [] };
}

/** The same runs to the bit, under another name. */
function copyOf(random: SeededRandom, { also: _, ...original }: Script): Script {
  return {
    ...original,
    hotkey: oneOf(random, 'A', 'B', 'C', 'D', 'E'),
    ...(original.kind === 'training_for_arch' ? {} : renamed(random, original)),
    training: oneOf(random, 'r6', 'r7', 'r8'),
    copies: true,
    hooked: false,
  };
}

/** History number `seed`: 3 to 7 submissions, 4 closed epochs, everything in any order. */
export function historyOf(seed: number): LedgerBuilder {
  const random = seededRandom(seed);
  const count = 3 + random.int(5);
  const scripts: Script[] = [];
  for (let at = 0; at < count; at += 1) {
    const earlier = random.int(5) === 0 ? scripts[random.int(Math.max(1, at))] : undefined;
    scripts.push(earlier === undefined ? scriptOf(random, `${seed} ${at}`) : copyOf(random, earlier));
  }
  const choices = Array.from({ length: 60 }, (): Choice => [random.int(40), oneOf(random, 1, 1, 3, 30)]);
  const closes = [40, 70, 100].map((size) => size + random.int(60));
  const policy = oneOf(random, ...POLICIES);
  return closeEpoch(tell(scripts, { choices, closes, policy })).settle();
}
