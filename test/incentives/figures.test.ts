/** Figures that are none: negative, fractional, not a number, absurd. They are refused wherever they come in, and score nothing. */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { DataOf } from '../../domain/events/catalogue.ts';
import { streamOf } from '../../domain/events/ids.ts';
import { outcomeDigest } from '../../domain/ledger/outcome.ts';
import { owedEvents } from '../../domain/ledger/owed.ts';
import { judgeDifferences } from '../../domain/ownership/luck/confirmation.ts';
import { gainOf } from '../../domain/scoring/gains.ts';
import { scoreOf } from '../../domain/scoring/score.ts';
import { apportion } from '../../domain/weights/apportion.ts';
import { earningsOf } from '../../domain/weights/earnings.ts';
import {
  advance,
  closeEpoch,
  finish,
  handOver,
  measuredOf,
  openLedger,
  type Script,
  startedOf,
} from '../support/history.ts';
import { completed } from '../support/measurement.ts';
import { Figures, idea, paidFor, paying } from './support.ts';

const figures = new Figures('figures that are none');
afterAll(() => figures.print());

const ABSURD = [NaN, Infinity, -Infinity, -1, 0.5, 2 ** 53, 1e300, -0.0001, '5', [], true] as const;

const maker = idea('maker', 'idea', { gain: 100_000, recipeGain: 30_000 });

type Path = readonly (string | number)[];

/** Where numbers are within plain data. */
function numbersIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  const keyed = Array.isArray(value) ? value.map((part, at) => [at, part] as const) : Object.entries(value);
  return keyed.flatMap(([key, part]) => numbersIn(part, [...path, key]));
}

function numberAt(value: unknown, path: Path): number {
  return Number(path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), value));
}

function changedAt<T>(value: T, path: Path, to: unknown): T {
  const copy = structuredClone(value);
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) at = Reflect.get(Object(at), key);
  Reflect.set(Object(at), path.at(-1) ?? '', to);
  return copy;
}

/** The maker's evaluation, with one run to go. */
function started() {
  const builder = openLedger(paying);
  const id = handOver(builder, maker, 0);
  advance(builder, { ...maker, fate: 'planned-only' }, 0);
  builder.append(streamOf.submission(id), id, 'service:test', startedOf(1));
  const [run] = builder.state.submissions.get(id)?.state.plan?.runs ?? [];
  if (run === undefined) throw new Error('nothing is planned');
  const data: DataOf<'RunMeasured'> = { ...measuredOf(run, maker, paying), attempt: 1, token: 1 };
  return { builder, id, data };
}

describe('a measurement', () => {
  test('with any of its numbers absurd is refused, and leaves the ledger as it was', () => {
    const { builder, id, data } = started();
    const before = outcomeDigest(builder.state);
    const paths = numbersIn(data);
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      for (const value of ABSURD) {
        const event = { type: 'RunMeasured', data: changedAt(data, path, value) } as const;
        expect(() => builder.append(streamOf.submission(id), id, 'evaluator', event)).toThrow('not an event');
      }
    }
    expect(outcomeDigest(builder.state)).toBe(before);
    builder.append(streamOf.submission(id), id, 'evaluator', { type: 'RunMeasured', data });
    figures.add('measurements refused', `${paths.length * ABSURD.length} of ${paths.length * ABSURD.length}`);
  });

  test('is refused with more than the loss can be, with no curve, with points that the plan does not have', () => {
    const { builder, id, data } = started();
    const [first, second] = data.curve;
    if (first === undefined || second === undefined) throw new Error('no curve');
    for (const curve of [
      [{ ...first, lossMicrobits: 64_000_001 }, second],
      [],
      [first],
      [first, second, second],
      [second, first],
      [first, { ...second, step: second.step + 1 }],
    ]) {
      const fresh = started();
      const event = { type: 'RunMeasured', data: { ...data, curve } } as const;
      expect(() => fresh.builder.append(streamOf.submission(id), id, 'evaluator', event)).toThrow();
    }
    expect(builder.state.submissions.get(id)?.state.measurements).toEqual([]);
  });
});

describe('a derived event', () => {
  const scored = () => {
    const builder = openLedger(paying);
    handOver(builder, maker, 0);
    advance(builder, maker, 0);
    return builder;
  };

  test('that says more than follows is refused, whoever writes it', () => {
    const [owed] = owedEvents(scored().state);
    if (owed?.decided.type !== 'SubmissionScored') throw new Error('no score is owed');
    const { data } = owed.decided;
    const paths = numbersIn(data);
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      for (const value of [numberAt(data, path) + 1, NaN]) {
        const forged = { type: 'SubmissionScored', data: changedAt(data, path, value) } as const;
        expect(() => scored().append(owed.stream, owed.correlationId, 'maker', forged)).toThrow();
      }
    }
    figures.add('forged scores refused', `${paths.length * 2} of ${paths.length * 2}`);
  });

  test('weights too', () => {
    const closed = () => {
      const builder = openLedger(paying);
      handOver(builder, maker, 0);
      finish(builder, maker, 0);
      return closeEpoch(builder);
    };
    const [owed] = owedEvents(closed().state);
    if (owed?.decided.type !== 'WeightsDerived') throw new Error('no weights are owed');
    const { data, type } = owed.decided;
    for (const path of numbersIn(data)) {
      const forged = { type, data: changedAt(data, path, numberAt(data, path) + 1) };
      expect(() => closed().append(owed.stream, owed.correlationId, 'maker', forged)).toThrow();
    }
  });
});

describe('what computes', () => {
  const runs = (loss: number) =>
    (['reference', 'architecture'] as const).map((pair) =>
      completed({ pair, variant: 0, point: 0, seed: 0 }, paying.plan, () =>
        pair === 'architecture' ? loss : 5_000_000,
      ),
    );
  const spec = {
    plan: paying.plan,
    rules: paying.scoring,
    firstTrained: 0,
    ownArchitecture: true,
    basis: 'b',
  };
  const { scoring, ownership, weights } = paying;
  const rules = ownership.confirmation;

  test.each([NaN, Infinity, -Infinity, 0.5, 1e300])(
    'refuses %d: no score, no gain, no judgement, no share',
    (value) => {
      const differences = [value, 1];
      const judged = { differences, earlier: [], alphaPpt: 1_000_000, minimumMicrobits: 0, rules };
      expect(() => scoreOf(runs(value), spec)).toThrow(RangeError);
      expect(() => gainOf(differences, scoring)).toThrow(RangeError);
      expect(() => judgeDifferences(judged)).toThrow(RangeError);
      expect(() => apportion(differences)).toThrow(RangeError);
    },
  );

  test.each([-1, 2 ** 53])('refuses a loss and a share of %d', (value) => {
    expect(() => scoreOf(runs(value), spec)).toThrow(RangeError);
    expect(() => apportion([value, 1_000_000])).toThrow(RangeError);
  });

  test('pays nothing for a value below 0, and refuses one that is no number', () => {
    const earned = (valueMicrobits: number) => {
      const one = { family: 'f', submission: 's', hotkey: 'h', kind: 'architecture', order: 1 } as const;
      const contributions = [{ ...one, valueMicrobits, errorMicrobits: 0, sinceMs: 0, held: false }];
      return earningsOf(contributions, weights.pricePpmPerBit, { fromMs: 0, toMs: 1 });
    };
    expect(earned(-1_000_000)).toEqual([expect.objectContaining({ incrementMicrobits: 0, askedPpm: 0n })]);
    for (const value of [NaN, Infinity, 0.5]) expect(() => earned(value)).toThrow(RangeError);
  });
});

describe('figures that can be, but are no merit', () => {
  test.each<[string, Partial<Script>]>([
    ['worse than the reference', { gain: -2_000_000 }],
    ['as bad as 64 bits a byte', { gain: -59_000_000 }],
    ['a recipe that destroys', { gain: 0, recipeGain: -3_000_000 }],
    [
      'delivered as a payload',
      {
        gain: 300_000,
        also: (run) => ({ ...run, payloadBytes: run.pair === 'reference' ? 0 : 100_000_000 }),
      },
    ],
    [
      'at a thousand times the cost',
      {
        gain: 0,
        also: (run) => ({ ...run, trainerCpuUs: run.pair === 'reference' ? 1 : 1_000 }),
      },
    ],
    [
      'without any cost, and no gain',
      { gain: 0, also: (run) => ({ ...run, trainerCpuUs: 0, gpuBusyUs: 0 }) },
    ],
  ])('%s: nothing', (name, change) => {
    const { paidPpm } = paidFor([idea('maker', 'idea', change)]);
    expect(paidPpm).toBe(0);
    figures.add(name, paidPpm);
  });

  test('a recipe that destroys takes nothing from the architecture', () => {
    const destroying = idea('maker', 'idea', { gain: 100_000, recipeGain: -3_000_000 });
    const plain = idea('maker', 'idea', { gain: 100_000, kind: 'architecture_only' });
    expect(paidFor([destroying])).toEqual(paidFor([plain]));
    expect(paidFor([plain]).paidPpm).toBeGreaterThan(0);
  });
});
