/**
 * Which inference hooks improve quality without excessive latency? Every seed on which a hook was judged is one observation: its gain over
 * plain `forward` of the same trained model at the same places, and its time per prediction relative to plain.
 */
import { estimateObservations, eventsOf, gridOf, type Observation } from './compare.ts';
import { type Judged, judgedOf } from './evidence.ts';
import { type Estimate, estimateOf } from './interval.ts';
import { asked, grouped, type Row, ranked } from './question.ts';

export interface HookAnswer extends Row {
  readonly hotkey: string;
  readonly family: string | null;
  /** Digest of the normalised hook. */
  readonly inference: string | null;
  /** Whose model it worked on: the judge's recipe's or the submission's. */
  readonly judgedWith: 'architecture' | 'recipe';
  /** Rows are ranked by it. */
  readonly gainMicrobits: Estimate;
  /** In thousandths of plain `forward`. */
  readonly latencyMilli: Estimate;
  /** Of the slowest seed: what the bound is held against. */
  readonly slowestMilli: number;
  readonly boundMilli: number;
  readonly withinBound: boolean;
  /** No other hook under the same plan gains at least as much on average in at most the time, and more or less in one of them. */
  readonly paretoFront: boolean;
  /** The whole interval of the gain is above 0, and the latency within its bound. */
  readonly improves: boolean;
}

type Unplaced = Omit<HookAnswer, 'paretoFront'>;

function rowOf(judged: Judged): Unplaced | null {
  const hooked = gridOf(judged).runs.filter(({ hook, point }) => hook !== null && point === 0);
  const judgedWith = hooked[0]?.pair === 'recipe' ? 'recipe' : 'architecture';
  const observed = hooked.flatMap(({ pair, hook, index }) =>
    hook === null || pair !== judgedWith ? [] : [{ ...hook, index }],
  );
  const gains = observed.map(
    ({ gainMicrobits, index }): Observation => ({
      value: gainMicrobits,
      events: [index],
    }),
  );
  const latencies = observed.map(({ latencyMilli }) => latencyMilli);
  const { standardErrorFloorMicrobits, hookLatencyMilli } = judged.terms.scoring;
  const gainMicrobits = estimateObservations(gains, standardErrorFloorMicrobits);
  const latencyMilli = estimateOf(latencies);
  if (gainMicrobits === null || latencyMilli === null) return null;
  const slowestMilli = Math.max(...latencies);
  const withinBound = slowestMilli <= hookLatencyMilli;
  return {
    subject: judged.submission,
    plan: judged.plan,
    hotkey: judged.hotkey,
    family: judged.family,
    inference: judged.inference,
    judgedWith,
    gainMicrobits,
    latencyMilli,
    slowestMilli,
    boundMilli: hookLatencyMilli,
    withinBound,
    improves: withinBound && gainMicrobits.lower !== null && gainMicrobits.lower > 0,
    events: eventsOf(gains),
  };
}

/** Fastest first, then best first: what gains more than all before it is on the front, and so are its equals. */
function placed(rows: readonly Unplaced[]): readonly HookAnswer[] {
  const sorted = rows.toSorted(
    (a, b) => a.latencyMilli.mean - b.latencyMilli.mean || b.gainMicrobits.mean - a.gainMicrobits.mean,
  );
  let best: Unplaced | undefined;
  return sorted.map((row) => {
    const equal =
      best !== undefined &&
      row.gainMicrobits.mean === best.gainMicrobits.mean &&
      row.latencyMilli.mean === best.latencyMilli.mean;
    const paretoFront = best === undefined || row.gainMicrobits.mean > best.gainMicrobits.mean || equal;
    if (paretoFront) best = row;
    return { ...row, paretoFront };
  });
}

export const inferenceHooks = asked<HookAnswer>({
  name: 'questions/inference-hooks',
  rows(evidence) {
    const rows = judgedOf(evidence).flatMap((judged) => rowOf(judged) ?? []);
    const plans = [...grouped(rows, ({ plan }) => plan ?? '').values()];
    return ranked(plans.flatMap(placed), (row) => row.gainMicrobits);
  },
  measures: { gainMicrobits: (row) => row.gainMicrobits },
});
