/** A family's life in a seeded simulation: challengers are screened, confirmed and judged by the functions that the ledger uses. */
import { alphaOf } from '../../domain/ownership/luck/alpha.ts';
import {
  type ConfirmationRules,
  familyPool,
  type Judgement,
  judgeAgainst,
  minimumFor,
  passesScreening,
  runsNeeded,
} from '../../domain/ownership/luck/confirmation.ts';
import { addEarlier, expectedDeviation, type Pool } from '../../domain/ownership/luck/deviation.ts';
import { mean, standardError } from '../../domain/scoring/statistics.ts';

/** Standard normal deviates: mulberry32 and the polar method. */
export function normals(seed: number): () => number {
  let state = seed >>> 0;
  let spare: number | null = null;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
}

export interface Challenger {
  /** True gain over the incumbent, microbits. */
  readonly gain: number;
  /** Standard deviation of one paired difference, microbits. */
  readonly deviation: number;
}

const SCREENING_SEEDS = 3;

/** One family with its incumbent, whose true loss all gains are counted from. */
export class Family {
  readonly #rules: ConfirmationRules;
  readonly #normal: () => number;
  readonly #incumbentMean: number;
  #pool: Pool;
  #confirmations = 0;

  /** `deviation` is of one paired difference: either side has a share of 1/sqrt(2) where nothing is in common. */
  constructor(rules: ConfirmationRules, normal: () => number, deviation: number) {
    this.#rules = rules;
    this.#normal = normal;
    this.#pool = familyPool([], rules);
    this.#incumbentMean = mean(this.#draw(SCREENING_SEEDS, 0, deviation / Math.SQRT2));
  }

  get confirmations(): number {
    return this.#confirmations;
  }

  #draw(n: number, gain: number, deviation: number): number[] {
    return Array.from({ length: n }, () => Math.round(gain + deviation * this.#normal()));
  }

  /** The challenger's j-th submission. Null: screened out. `remember` false: as if it had not happened, to try another at the same point. */
  challenge({ gain, deviation }: Challenger, j = 1, remember = true): Judgement | null {
    const screened = this.#draw(SCREENING_SEEDS, gain, deviation / Math.SQRT2);
    if (!passesScreening(mean(screened), standardError(screened), this.#incumbentMean, this.#rules))
      return null;
    const alphaPpt = alphaOf(this.#rules, { k: this.#confirmations + 1, j });
    const n = runsNeeded({ alphaPpt, deviation: expectedDeviation(this.#pool), rules: this.#rules });
    const differences = this.#draw(n, gain, deviation);
    const judgement = judgeAgainst(this.#pool, differences, alphaPpt, minimumFor(0, this.#rules));
    if (remember) {
      this.#confirmations += 1;
      this.#pool = addEarlier(this.#pool, differences);
    }
    return judgement;
  }
}

/** Wilson's interval of 95 % for `hits` of `trials`. */
export function wilson(hits: number, trials: number): { share: number; lower: number; upper: number } {
  const z = 1.959964;
  const share = hits / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))) / scale;
  return { share, lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
}

export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly rules: ConfirmationRules;
  /** Of the incumbent's pairing with an equal. */
  readonly deviation: number;
  readonly families: number;
  readonly challengers: number;
  readonly challenger: Challenger;
  /** Whether one hotkey files them all, or each its own. */
  readonly oneHotkey?: boolean;
  /** Whether each meets a family of its own: then `families` counts the hotkeys. */
  readonly scattered?: boolean;
  /** Tried after all the others. */
  readonly honest: Challenger;
}

export interface Outcome {
  readonly falsely: ReturnType<typeof wilson>;
  readonly power: ReturnType<typeof wilson>;
  /** Mean runs of the honest challenger's confirmation, and confirmations before it. */
  readonly runs: number;
  readonly confirmations: number;
}

/** An honest challenger is tried so often at the end of each life, so that power is known as well as error. */
const TRIES = 4;

/** How often anything is ever transferred to the challengers, and an honest one afterwards found. */
export function live(scenario: Scenario): Outcome {
  const { seed, rules, deviation, families, challengers, challenger, honest } = scenario;
  const normal = normals(seed);
  let transferred = 0;
  let found = 0;
  let runs = 0;
  let confirmations = 0;
  for (let life = 0; life < families; life += 1) {
    let family = new Family(rules, normal, deviation);
    let lost = false;
    for (let j = 1; j <= challengers; j += 1) {
      if (scenario.scattered) family = new Family(rules, normal, deviation);
      if (family.challenge(challenger, scenario.oneHotkey ? j : 1)?.proven) lost = true;
    }
    if (lost) transferred += 1;
    confirmations += family.confirmations / families;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const judgement = family.challenge(honest, 1, false);
      if (judgement?.proven) found += 1;
      runs += (judgement?.n ?? 0) / (families * TRIES);
    }
  }
  return {
    falsely: wilson(transferred, families),
    power: wilson(found, families * TRIES),
    runs,
    confirmations,
  };
}
