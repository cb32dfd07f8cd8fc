/** The end of the demo, for people: who ranks where, who owns what, who is paid, and that it all verifies. */
import type { ReadModels } from '../../../projections/index.ts';
import { leaderboardRows } from '../../../projections/leaderboard.ts';
import { ownedFamilies } from '../../../projections/owners.ts';
import { lastEpoch } from '../../../projections/weights.ts';
import { bits, table } from '../output.ts';

/** More of a message would make the table wider than a screen; `prism status` has all of it. */
const MESSAGE_COLUMNS = 100;

/** @param names submission id to the name of its project */
export function report(models: ReadModels, names: ReadonlyMap<string, string>): string {
  const name = (submission: string): string => names.get(submission) ?? submission;
  const ranks = leaderboardRows(models.leaderboard).map(({ rank, submission, hotkey, scorePpm, gain }) => [
    rank,
    name(submission),
    hotkey,
    scorePpm,
    `${bits(gain.meanMicrobits)} +- ${bits(gain.standardErrorMicrobits)}`,
  ]);
  const rejected = [...models.submissions.byId.values()]
    .filter((view) => view.reason !== null)
    .map((view) => [
      name(view.id),
      view.reason?.code ?? '',
      (view.reason?.message ?? '').slice(0, MESSAGE_COLUMNS),
    ]);
  const owned = ownedFamilies(models.owners).map(({ family, architecture, training }) => [
    family.slice(0, 8),
    architecture === null ? '' : `${architecture.hotkey} (${name(architecture.submission)})`,
    training === null ? '(nobody)' : `${training.hotkey} (${name(training.submission)})`,
  ]);
  const epoch = lastEpoch(models.weights);
  const paid = (epoch?.shares ?? []).map(({ hotkey, units, architecturePpm, trainingPpm }) => [
    hotkey,
    units,
    architecturePpm,
    trainingPpm,
  ]);
  if (epoch?.burn) paid.push([`${epoch.burn.hotkey ?? '(nobody)'}, burned`, epoch.burn.units, 0, 0]);
  return [
    'Leaderboard (gain over the reference, bits per byte)',
    table(['#', 'project', 'hotkey', 'score ppm', 'gain'], ranks),
    '',
    'Turned away',
    table(['project', 'reason', 'message'], rejected),
    '',
    'Owners',
    table(['family', 'architecture', 'training'], owned),
    '',
    `Weights of epoch ${epoch?.epoch ?? 0} (of 65535)`,
    table(['hotkey', 'units', 'architecture ppm', 'training ppm'], paid),
  ].join('\n');
}

/** The same as plain data, for `--json`. Every unit of the weights is in it, the burn as an entry of its own. */
export function reportData(models: ReadModels, names: ReadonlyMap<string, string>) {
  const epoch = lastEpoch(models.weights);
  const burn = epoch?.burn ?? null;
  return {
    submissions: [...models.submissions.byId.values()].map((view) => ({
      project: names.get(view.id) ?? null,
      ...view,
    })),
    leaderboard: leaderboardRows(models.leaderboard),
    owners: ownedFamilies(models.owners),
    weights: [
      ...(epoch?.shares ?? []).map((share) => ({ ...share, burn: false })),
      ...(burn === null
        ? []
        : [{ hotkey: burn.hotkey, units: burn.units, architecturePpm: 0, trainingPpm: 0, burn: true }]),
    ],
  };
}
