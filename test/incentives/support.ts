/** What the attacks on rewards have in common: a policy with the paying profile's rules on runs that cost nothing, noise, pay, and a table of figures. */

import type { Measurement } from '../../domain/evaluation/measurement.ts';
import { runName } from '../../domain/evaluation/runs.ts';
import { sha256 } from '../../domain/events/canonical.ts';
import type { EventType } from '../../domain/events/catalogue.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import { officialPolicy } from '../../domain/policy/profiles.ts';
import { closeEpoch, type Script, smallPolicy, tell } from '../support/history.ts';
import type { LedgerBuilder } from '../support/ledger-builder.ts';
import { normals } from './luck-simulation.ts';

/** The rules of the profile that pays, on a plan of three seeds and two checkpoints. */
export const paying: Policy = {
  ...smallPolicy,
  name: 'paying',
  plan: { ...smallPolicy.plan, seeds: 3 },
  scoring: {
    ...smallPolicy.scoring,
    standardErrorFloorMicrobits: officialPolicy.scoring.standardErrorFloorMicrobits,
    confidenceMilliZ: officialPolicy.scoring.confidenceMilliZ,
    minimumGainMicrobits: officialPolicy.scoring.minimumGainMicrobits,
  },
  ownership: { ...smallPolicy.ownership, confirmation: officialPolicy.ownership.confirmation },
};

/** Of one run, where two of them differ by the deviation that the profile expects of a pair: microbits per byte. */
export const RUN_DEVIATION = Math.round(
  officialPolicy.ownership.confirmation.deviationFloorMicrobits / Math.SQRT2,
);

const asSeed = (text: string): number => Number.parseInt(sha256(text).slice(0, 8), 16);

/** Shifts each run's whole curve by its own normal deviate, drawn from `label` and the run's name: the same history has the same noise. */
export function noisy(label: string, deviation = RUN_DEVIATION): (measured: Measurement) => Measurement {
  return (measured) => {
    const shift = Math.round(normals(asSeed(`${label} ${runName(measured)}`))() * deviation);
    return {
      ...measured,
      curve: measured.curve.map((point) => ({
        ...point,
        lossMicrobits: Math.max(0, point.lossMicrobits + shift),
      })),
    };
  };
}

/** The same shift for all runs on a stream, so that a copy's curve is that of the original to the bit. */
export function noisyStreams(
  label: string,
  deviation = RUN_DEVIATION,
): (measured: Measurement) => Measurement {
  const add = noisy(label, deviation);
  return (measured) => {
    const { pair, variant } = measured;
    return { ...add({ ...measured, pair: 'reference', variant: 0 }), pair, variant };
  };
}

/** What many families with one idea may be paid more than one, in ppm of an epoch, as a mean over histories: luck that is left. */
export const LUCK_PPM = 200;

/** What a lower bound leaves away of a mean at least, in ppm of an epoch: the policy's multiple of the least standard error, at its price. */
export const MARGIN_PPM =
  (((paying.scoring.standardErrorFloorMicrobits * paying.scoring.confidenceMilliZ) / 1_000) *
    paying.weights.pricePpmPerBit) /
  1_000_000;

export const numbers = (from: number): readonly number[] => Array.from({ length: 32 }, (_, at) => from + at);

/** An architecture with a sketch that looks like no other name's. */
export function idea(hotkey: string, name: string, script: Partial<Script> = {}): Script {
  return {
    hotkey,
    kind: 'full',
    architecture: name,
    sketch: numbers(asSeed(name) % 0x7fff_ffff),
    training: `${name} by ${hotkey}`,
    ...script,
  };
}

export interface Pay {
  /** Parts per million of an epoch, by hotkey. */
  readonly of: ReadonlyMap<string, number>;
  readonly paidPpm: number;
}

/** What an epoch pays in which everything that is owned has stood from its start. */
export function payOf(builder: LedgerBuilder): Pay {
  closeEpoch(builder).settle();
  closeEpoch(builder).settle();
  const weights = builder.state.epochs.get(builder.state.lastEpoch)?.weights;
  if (weights === null || weights === undefined) throw new Error('the epoch that was closed has no weights');
  const of = new Map(
    weights.shares.map(({ hotkey, architecturePpm, trainingPpm }) => [hotkey, architecturePpm + trainingPpm]),
  );
  return { of, paidPpm: sum([...of.values()]) };
}

/** Tells a history under the paying rules, and what it pays. */
export function paidFor(scripts: readonly Script[], policy: Policy = paying): Pay {
  return payOf(tell(scripts, { policy }));
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Decisions of one type as `<hotkey> <outcome>`, in the order of the log. */
export function outcomes(builder: LedgerBuilder, type: EventType): readonly string[] {
  return builder.events
    .filter((event) => event.type === type)
    .map(({ data }) => [data.hotkey, data.outcome].filter((part) => part !== undefined).join(' '));
}

export interface Interval {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/** Mean with its normal 95 % interval. */
export function intervalOf(values: readonly number[]): Interval {
  const mean = sum(values) / values.length;
  const squares = sum(values.map((value) => (value - mean) ** 2));
  const reach = 1.96 * Math.sqrt(squares / (values.length - 1) / values.length);
  return { mean, lower: mean - reach, upper: mean + reach };
}

export const shown = ({ mean, lower, upper }: Interval): string =>
  `${mean.toFixed(0)} [${lower.toFixed(0)}, ${upper.toFixed(0)}]`;

/** Lines of figures that a file prints once, when all its tests are done. */
export class Figures {
  readonly #title: string;
  readonly #rows: (readonly [what: string, figure: string])[] = [];

  constructor(title: string) {
    this.#title = title;
  }

  add(what: string, figure: string | number): void {
    this.#rows.push([what, String(figure)]);
  }

  print(): void {
    const width = Math.max(0, ...this.#rows.map(([what]) => what.length));
    const lines = this.#rows.map(([what, figure]) => `  ${what.padEnd(width)}  ${figure}`);
    process.stdout.write(`\n${[this.#title, ...lines].join('\n')}\n\n`);
  }
}
