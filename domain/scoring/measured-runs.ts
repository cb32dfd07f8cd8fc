/** The measured runs of a submission: what each has come to, and what the panel reached beside it. */
import { costOf, type Measurement } from '../evaluation/measurement.ts';
import type { Plan } from '../evaluation/plan.ts';
import { type Pair, runName } from '../evaluation/runs.ts';
import { areaMicrobits, payloadMicrobits } from '../evaluation/signals/area.ts';
import { referenceAtCost } from '../evaluation/signals/equal-cost.ts';
import { extrapolate, LAST_TENTH } from '../evaluation/signals/extrapolate.ts';
import { LAST_FIFTH, lateMicrobits } from '../evaluation/signals/late.ts';
import { figureOf } from './gains.ts';
import { ensureWhole } from './whole.ts';

export type ScoredRun = Pick<
  Measurement,
  | 'pair'
  | 'variant'
  | 'point'
  | 'seed'
  | 'curve'
  | 'payloadBytes'
  | 'trainerCpuUs'
  | 'gpuBusyUs'
  | 'norms'
  | 'instrumented'
  | 'hook'
  | 'latency'
  | 'tensors'
>;

/** What a run has come to, as code lengths in microbits per byte: lower is better. The bits of what was delivered are part of each. */
export interface Values {
  readonly area: number;
  readonly late: number;
  /** Mean of area and late: what rungs of ladders are compared by. */
  readonly figure: number;
  readonly tenth: number;
  /** Predicted at ten times the bytes; what has been reached in the last tenth where the curve is too short to fit. */
  readonly tenfold: number;
}

const READINGS: { readonly [key in keyof Values]: (curve: ScoredRun['curve']) => number } = {
  area: areaMicrobits,
  late: (curve) => lateMicrobits(curve, LAST_FIFTH),
  figure: figureOf,
  tenth: (curve) => lateMicrobits(curve, LAST_TENTH),
  tenfold: (curve) => {
    const fit = extrapolate(curve);
    return fit.kind === 'fit' ? fit.lossMicrobits : lateMicrobits(curve, LAST_TENTH);
  },
};

/** @param payloadCounts the bits of what was delivered are part of it */
export function readingOf(
  run: Pick<ScoredRun, 'curve' | 'payloadBytes'>,
  key: keyof Values,
  payloadCounts = true,
): number {
  if (!payloadCounts) return READINGS[key](run.curve);
  // Over the bytes that the curve spans: divided by all, a payload that spares the first checkpoint's loss could pay for itself.
  const spanned = (run.curve.at(-1)?.bytesRevealed ?? 0) - (run.curve[0]?.bytesRevealed ?? 0);
  const payload = payloadMicrobits(run.payloadBytes, spanned);
  return READINGS[key](run.curve) + payload;
}

/** The value that a run has to beat, of one kind; null where it was not measured. */
export type Baseline = (run: ScoredRun, key: keyof Values) => number | null;

/** What of a run a score may be made of. */
function countedOf({
  curve,
  norms,
  payloadBytes,
  trainerCpuUs,
  gpuBusyUs,
  latency,
  hook,
  instrumented,
}: ScoredRun) {
  return { curve, norms, payloadBytes, trainerCpuUs, gpuBusyUs, latency, hook, instrumented };
}

/** The measured runs of one submission, found by what they are. */
export class Runs {
  readonly #runs: readonly ScoredRun[];
  readonly #plan: Pick<Plan, 'panel'>;
  readonly #payloadCounts: boolean;
  /** By run: a fit is costly, and the panel is asked for often. */
  readonly #values = new Map<ScoredRun, Map<keyof Values, number>>();

  /** Throws `RangeError` for a run with a number that is not whole. */
  constructor(runs: readonly ScoredRun[], plan: Pick<Plan, 'panel'>, payloadCounts: boolean) {
    for (const run of runs) ensureWhole(runName(run), countedOf(run));
    this.#runs = runs;
    this.#plan = plan;
    this.#payloadCounts = payloadCounts;
  }

  of(pair: Pair, variant: number, point: number): readonly ScoredRun[] {
    const found = this.#runs.filter(
      (run) => run.pair === pair && run.variant === variant && run.point === point,
    );
    return found.sort((a, b) => a.seed - b.seed);
  }

  on(pair: Pair, variant: number, point: number, seed: number): ScoredRun | undefined {
    return this.of(pair, variant, point).find((run) => run.seed === seed);
  }

  value(run: ScoredRun, key: keyof Values): number {
    const values = this.#values.get(run) ?? new Map<keyof Values, number>();
    this.#values.set(run, values);
    const known = values.get(key) ?? readingOf(run, key, this.#payloadCounts);
    values.set(key, known);
    return known;
  }

  /**
   * The best that the panel reaches beside `run`, on the same streams, each model at the cost of `run`; null where none was measured.
   * @param costUs device time that the panel may use, microseconds; that of `run` unless another is given
   */
  panelBeside(run: ScoredRun, key: keyof Values, costUs = costOf(run)): number | null {
    const models = new Set(this.#plan.panel.map(({ model }) => model));
    const best = [...models].flatMap((model) => {
      const points = this.#plan.panel.flatMap((member, variant) => {
        const measured =
          member.model === model ? this.on('reference', variant, run.point, run.seed) : undefined;
        return measured === undefined
          ? []
          : [{ costUs: costOf(measured), figureMicrobits: this.value(measured, key) }];
      });
      if (points.length === 0) return [];
      const reading = referenceAtCost(points, costUs);
      // A cost that could not be read excuses nobody: the model's best figure counts.
      const best = Math.min(...points.map(({ figureMicrobits }) => figureMicrobits));
      return [reading.kind === 'too-short' ? best : reading.figureMicrobits];
    });
    return best.length === 0 ? null : Math.min(...best);
  }
}
