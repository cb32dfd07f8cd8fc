/** A simulated difference as text: a table for each thing that changes, then what the simulation cannot know. */
import type { Change, Difference } from '../../../projections/simulate/difference.ts';
import { bits, printable, table } from '../output.ts';

const NOBODY = '-';

/** Both sides of a change in the words of `told`. */
function sides<Value>(
  { before, after }: Pick<Change<unknown, Value>, 'before' | 'after'>,
  told: (value: Value) => string | number,
): readonly (string | number)[] {
  return [before, after].map((value) => (value === null ? NOBODY : told(value)));
}

const IGNORED: { readonly [part in Difference['ignored'][number]]: string } = {
  plan: 'its plan differs and is ignored: what was run stays as it was run',
  work: 'its attempts and leases differ and are ignored: what they led to has happened',
  review: 'its rule for reviews by a model differs and is ignored: what was held and resolved has happened',
};

/** Of a hotkey's share, or of what burned. */
function unitsRow({
  subject,
  ...change
}: Change<{ epoch: number; hotkey?: string }, { units: number }>): [number, ...(string | number)[]] {
  const { epoch, hotkey } = subject;
  return [
    epoch,
    hotkey === undefined ? '(burned)' : printable(hotkey),
    ...sides(change, ({ units }) => units),
  ];
}

interface Section {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

function sectionsOf({ leaderboard, claims, owners, weights, burned }: Difference): readonly Section[] {
  return [
    {
      title: 'leaderboard',
      header: ['submission', 'hotkey', 'rank', 'would be', 'score ppm', 'would be'],
      rows: leaderboard.map((change) => [
        change.subject.submission,
        printable(change.subject.hotkey),
        ...sides(change, ({ rank }) => rank),
        ...sides(change, ({ scorePpm }) => scorePpm),
      ]),
    },
    {
      title: 'claims',
      header: ['claim', 'submission', 'hotkey', 'outcome', 'would be', 'value', 'would be'],
      rows: claims.map((change) => [
        change.subject.claim,
        change.subject.submission,
        printable(change.subject.hotkey),
        ...sides(change, ({ outcome }) => outcome),
        ...sides(change, ({ valueMicrobits }) => bits(valueMicrobits)),
      ]),
    },
    {
      title: 'owners',
      header: ['family', 'of', 'owner', 'would be', 'submission', 'would be', 'value', 'would be'],
      rows: owners.map((change) => [
        change.subject.family,
        change.subject.part,
        ...sides(change, ({ hotkey }) => printable(hotkey)),
        ...sides(change, ({ submission }) => submission),
        ...sides(change, ({ valueMicrobits }) => bits(valueMicrobits)),
      ]),
    },
    {
      title: 'weights',
      header: ['epoch', 'hotkey', 'units', 'would be'],
      rows: [...weights.map(unitsRow), ...burned.map(unitsRow)].sort(([a], [b]) => a - b),
    },
  ];
}

export function differenceText(difference: Difference): string {
  const { index, policy, ignored, same, notes } = difference;
  const head = [
    `history up to index ${index} under policy ${printable(policy.name)} (${policy.digest.slice(0, 16)})`,
    ...ignored.map((part) => IGNORED[part]),
    ...(same ? ['nothing would change'] : []),
  ];
  const sections = sectionsOf(difference)
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, header, rows }) => `${title}\n\n${table(header, rows)}`);
  const unknown = notes.map(({ submission, hotkey, claim, text }) => {
    const what = claim === null ? '' : `, ${claim} claim`;
    return `- submission ${submission} of ${printable(hotkey)}${what}: ${text}`;
  });
  const known =
    unknown.length === 0
      ? []
      : [['what the simulation had to leave or take as it was', '', ...unknown].join('\n')];
  return [head.join('\n'), ...sections, ...known].join('\n\n');
}
