/** What a score is made of, as text. */
import type { DataOf } from '../../../domain/events/catalogue.ts';
import type { ScoreExplained, SeedsExplained } from '../../../projections/explain/score.ts';
import { printable } from '../output.ts';
import type { Tree } from './tree.ts';
import { confirmationTree, exact, gainText, policyText, ref, runTree } from './words.ts';

function sourceText(source: SeedsExplained['source']): string {
  switch (source.kind) {
    case 'committed':
      return `the secret of epoch ${source.epoch}, committed to as ${source.commitment}`;
    case 'beacon':
      return `round ${source.round} of the beacon ${source.beacon}`;
    case 'block':
      return `the hash of block ${source.height}`;
  }
}

function seedsTree({ count, source, verdict, reason, revealed }: SeedsExplained): Tree {
  const why = reason === null ? '' : `: ${reason}`;
  return {
    text: `${count === 1 ? 'one seed' : `${count} seeds`} from ${sourceText(source)}: ${verdict}${why}`,
    children: revealed === null ? [] : [{ text: `revealed by ${ref(revealed)}` }],
  };
}

function cardTree({ card }: DataOf<'SubmissionScored'>): Tree {
  const signals = card.signals
    .filter(({ weightPpm }) => weightPpm > 0)
    .map(({ signal, weightPpm, gain, contributionPpm }) => ({
      text: `${signal}: ${contributionPpm} ppm, weighs ${weightPpm} ppm, gain ${gainText(gain)}`,
    }));
  const penalties = card.penalties
    .filter(({ takenPpm, microbits }) => takenPpm > 0 || microbits > 0)
    .map(({ signal, source, value, microbits, takenPpm }) => ({
      text: `${signal} (${source}) at ${value}: ${-takenPpm} ppm, ${exact(microbits)} bits per byte taken off`,
    }));
  const none = penalties.length === 0 ? [{ text: 'no penalty was taken off' }] : penalties;
  return {
    text: `${card.sumPpm} ppm of 8 bits, by the pair ${card.pair}: the sum of`,
    children: [...signals, ...none],
  };
}

function deficitTree(deficit: NonNullable<ScoreExplained['score']>['failsOnlyAtHome']): readonly Tree[] {
  if (deficit === null) return [];
  const { homeUpperMicrobits, elsewhereLowerMicrobits, places } = deficit;
  return [
    {
      text: `held against the family's owner: it gains ${exact(homeUpperMicrobits)} bits per byte here at most, and ${exact(elsewhereLowerMicrobits)} at least at each of ${places} places elsewhere`,
    },
  ];
}

function scoreTree({ at, basis, data, failsOnlyAtHome }: NonNullable<ScoreExplained['score']>): Tree {
  const part = (what: string, gain: DataOf<'SubmissionScored'>['architecture']): readonly Tree[] =>
    gain === null ? [] : [{ text: `${what}: ${gainText(gain)}` }];
  return {
    text: `score ${data.scorePpm} ppm  ${ref(at)}`,
    children: [
      { text: `total: ${gainText(data.total)}` },
      cardTree(data),
      ...part('of the architecture over the panel', data.architecture),
      ...part("of the recipe over the judge's", data.training),
      ...part('of the inference hook', data.hook?.gain ?? null),
      ...data.elsewhere.map(({ on, variant, gain }) => ({
        text: `evidence only: the recipe on ${on} ${variant}: ${gainText(gain)}`,
      })),
      ...deficitTree(failsOnlyAtHome),
      { text: `due since ${ref(basis)}` },
    ],
  };
}

export function submissionTree(of: ScoreExplained): Tree {
  const step = (what: string, at: ScoreExplained['admitted']): readonly Tree[] =>
    at === null ? [] : [{ text: `${what}  ${ref(at)}` }];
  return {
    text: `submission ${of.submission} of ${printable(of.hotkey)} after ${of.size} events: ${of.phase}`,
    children: [
      { text: `family ${of.family ?? 'not known yet'}` },
      { text: policyText(of.policy) },
      ...step('received', of.received),
      ...step('admitted', of.admitted),
      ...step('reviewed', of.reviewed),
      ...step(`planned: ${of.runsPlanned} runs on the architecture of ${of.architectureFrom}`, of.planned),
      ...(of.seeds === null ? [] : [seedsTree(of.seeds)]),
      ...(of.score === null ? [{ text: 'no score yet' }] : [scoreTree(of.score)]),
      {
        text: `${of.runs.length} of ${of.runsPlanned} runs measured: figures with all bits counted, lower is better`,
        children: of.runs.map(runTree),
      },
      ...of.confirmations.map(confirmationTree),
      ...(of.ended === null
        ? []
        : [{ text: `${of.ended.code}: ${printable(of.ended.message)}  ${ref(of.ended.at)}` }]),
    ],
  };
}
