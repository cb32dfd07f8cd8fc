/** What the study found: how well each figure at small scale foresaw the order at large scale, and which weights that suggests. */
import { SIGNALS, type Signal } from '../domain/evaluation/signal-names.ts';
import { REFERENCE } from './architectures.ts';
import { type BySeed, type FigureName, figuresOf } from './figures.ts';
import { lossSince, type Sample } from './samples.ts';
import { bootstrapInterval, type Interval, type Resample } from './statistics/bootstrap.ts';
import { residualDeviation } from './statistics/noise.ts';
import { type Accuracy, type Couple, couplesOf, decisionAccuracy, kendallTau } from './statistics/ranking.ts';
import { fittedWeights, heldOutDecisions, totalsOf, type Weights, weightGrid } from './statistics/weights.ts';

const ROUNDS = 2_000;
/** A couple is clear where its architectures differ by more than so many standard errors of their difference. */
export const CLEAR = 2;
/** Weights are tried in tenths. */
const PARTS = 10;
/** The judge's signals that are read from the curve at the base point. */
const OF_THE_CURVE: readonly Signal[] = ['area', 'late', 'extrapolated'];

export interface Foresight {
  readonly accuracy: Accuracy;
  readonly accuracyInterval: Interval;
  /** Over couples only that differ by more than noise. */
  readonly clear: Accuracy;
  readonly tau: number;
  readonly tauInterval: Interval;
}

export interface Fitted {
  readonly signals: readonly FigureName[];
  /** Chosen on all architectures. */
  readonly weights: Weights;
  /** The total with these weights on the same architectures. */
  readonly fitted: Accuracy;
  /** On couples whose two architectures had no part in the choice. */
  readonly heldOut: number;
  readonly heldOutInterval: Interval;
}

export interface Findings {
  readonly samples: readonly Sample[];
  /** Loss over the last tenth of the large runs, mean over seeds, in bits per byte; in the order of the samples. */
  readonly truth: readonly number[];
  /** Standard error of one of these: how seeds disagree about differences, at small scale where the large one has one seed only. */
  readonly truthError: number;
  readonly couples: readonly Couple[];
  readonly clearCouples: readonly Couple[];
  readonly figures: ReadonlyMap<FigureName, readonly number[]>;
  readonly foresight: ReadonlyMap<FigureName, Foresight>;
  readonly fits: readonly Fitted[];
  readonly lengths: readonly Length[];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const identity: Resample = (count) => Array.from({ length: count }, (_, index) => index);
/** Places of a resample that hold different architectures: one compared with itself has no order. */
const differing = (places: readonly number[]) =>
  couplesOf(places.length).filter(([i, j]) => places[i] !== places[j]);
const pick = (values: readonly number[], places: readonly number[]) =>
  places.map((place) => values[place] ?? Number.NaN);

/** The mean of each row over resampled columns, which all rows share. */
function overSeeds(rows: readonly BySeed[], resample: Resample): number[] {
  const seeds = resample(rows[0]?.length ?? 0);
  return rows.map((row) => mean(pick(row, seeds)));
}

function foresightOf(
  name: string,
  figure: readonly BySeed[],
  truth: readonly BySeed[],
  clearCouples: readonly Couple[],
): Foresight {
  type Statistic = (
    predicted: readonly number[],
    actual: readonly number[],
    couples: readonly Couple[],
  ) => number;
  const read = (statistic: Statistic) => (resample: Resample) => {
    const places = resample(truth.length);
    const [predicted, actual] = [overSeeds(figure, resample), overSeeds(truth, resample)];
    return statistic(pick(predicted, places), pick(actual, places), differing(places));
  };
  const share: Statistic = (...compared) => decisionAccuracy(...compared).share;
  const [predicted, actual] = [overSeeds(figure, identity), overSeeds(truth, identity)];
  return {
    accuracy: decisionAccuracy(predicted, actual),
    accuracyInterval: bootstrapInterval(`accuracy of ${name}`, ROUNDS, read(share)),
    clear: decisionAccuracy(predicted, actual, clearCouples),
    tau: kendallTau(predicted, actual),
    tauInterval: bootstrapInterval(`tau of ${name}`, ROUNDS, read(kendallTau)),
  };
}

function weighed(
  signals: readonly FigureName[],
  findings: Pick<Findings, 'figures' | 'truth' | 'couples'>,
): Fitted {
  const { truth, couples } = findings;
  const columns = signals.map((signal) => findings.figures.get(signal) ?? []);
  const grid = weightGrid(signals.length, PARTS);
  const weights = fittedWeights(columns, truth, grid);
  const decisions = heldOutDecisions(columns, truth, grid, couples);
  const decided = new Map(
    couples.map((couple, index) => [couple.toSorted().join(), decisions[index] ?? Number.NaN]),
  );
  const resampled = (resample: Resample) => {
    const places = resample(truth.length);
    const drawn = differing(places).map(
      (couple) => decided.get(pick(places, couple).toSorted().join()) ?? Number.NaN,
    );
    return mean(drawn.filter((value) => !Number.isNaN(value)));
  };
  return {
    signals,
    weights,
    fitted: decisionAccuracy(totalsOf(columns, weights), truth),
    heldOut: mean(decisions.filter((value) => !Number.isNaN(value))),
    heldOutInterval: bootstrapInterval(`held out ${signals.join()}`, ROUNDS, resampled),
  };
}

export interface Length {
  readonly step: number;
  readonly accuracy: Accuracy;
  readonly clear: Accuracy;
}

/**
 * How often the loss part of the way through the large runs decides right, before their last tenth: on one seed, against the end of the others
 * (of its own, where there is no other). Over all seeds, so every couple counts once for each.
 */
function lengthsOf(
  samples: readonly Sample[],
  truth: readonly BySeed[],
  couples: readonly Couple[],
  clearCouples: readonly Couple[],
): Length[] {
  const curve = samples[0]?.large[0] ?? [];
  const end = curve.at(-1)?.step ?? 0;
  const seeds = identity(samples[0]?.large.length ?? 0);
  const over = (index: number, among: readonly Couple[]): Accuracy => {
    const bySeed = seeds.map((seed) => {
      const others = seeds.length === 1 ? seeds : seeds.filter((other) => other !== seed);
      const early = samples.map(({ large }) => large[seed]?.[index]?.lossMicrobits ?? Number.NaN);
      const late = truth.map((row) => mean(pick(row, others)));
      return decisionAccuracy(early, late, among);
    });
    const right = bySeed.reduce((sum, one) => sum + one.right, 0);
    const decided = bySeed.reduce((sum, one) => sum + one.couples, 0);
    return { right, couples: decided, share: right / decided };
  };
  return curve.flatMap(({ step }, index) =>
    step >= 0.9 * end ? [] : [{ step, accuracy: over(index, couples), clear: over(index, clearCouples) }],
  );
}

/** Throws where the samples are too few or without the reference. */
export function findingsOf(samples: readonly Sample[]): Findings {
  const truthBySeed = samples.map(({ large }) => large.map((curve) => lossSince(curve, 0.9)));
  const truth = overSeeds(truthBySeed, identity);
  const seeds = samples[0]?.large.length ?? 1;
  const repeated =
    seeds > 1 ? truthBySeed : samples.map(({ small }) => small.map((curve) => lossSince(curve, 0.9)));
  const truthError = residualDeviation(repeated) / Math.sqrt(seeds);
  const couples = couplesOf(samples.length);
  const clearCouples = couples.filter(
    ([i, j]) => Math.abs((truth[i] ?? 0) - (truth[j] ?? 0)) > CLEAR * Math.SQRT2 * truthError,
  );
  const bySeed = figuresOf(samples, REFERENCE);
  const figures = new Map([...bySeed].map(([name, rows]) => [name, overSeeds(rows, identity)]));
  const known = { figures, truth, couples };
  return {
    ...known,
    samples,
    truthError,
    clearCouples,
    foresight: new Map(
      [...bySeed].map(([name, rows]) => [name, foresightOf(name, rows, truthBySeed, clearCouples)]),
    ),
    fits: [['late', 'tenfold'] as const, OF_THE_CURVE, SIGNALS].map((signals) => weighed(signals, known)),
    lengths: lengthsOf(samples, truthBySeed, couples, clearCouples),
  };
}
