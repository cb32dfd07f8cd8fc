/** How evidence is put into words: figures so exact that they can be computed with, and events by index and id. */
import type { DataOf } from '../../../domain/events/catalogue.ts';
import type { Evidence } from '../../../domain/events/submission.ts';
import type { Gain } from '../../../domain/scoring/gain.ts';
import type { ConfirmationExplained, PolicyFound } from '../../../projections/explain/claim.ts';
import type { Ref, RunFound } from '../../../projections/explain/trail.ts';
import { printable } from '../output.ts';
import type { Tree } from './tree.ts';

/** Microbits per byte as bits, every digit. */
export function exact(microbits: number): string {
  return (microbits / 1_000_000).toFixed(6);
}

/** Parts per million of an epoch, as per cent with every digit. */
export function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(4)} %`;
}

/** Where it is to be looked up. */
export function ref(at: Ref | null): string {
  return at === null ? '(not in the log yet)' : `#${at.index} ${at.type} ${at.id}`;
}

export function policyText(policy: PolicyFound | null): string {
  return policy === null
    ? 'policy: none'
    : `policy ${printable(policy.name)} (${policy.digest.slice(0, 16)}), in force since ${ref(policy.at)}`;
}

export function gainText({ n, meanMicrobits, standardErrorMicrobits, lowerMicrobits }: Gain): string {
  return `${exact(meanMicrobits)} bits per byte (n ${n}, standard error ${exact(standardErrorMicrobits)}, lower bound ${exact(lowerMicrobits)})`;
}

export function runTree({
  at,
  name,
  ending,
  figureMicrobits,
  costUs,
  payloadBytes,
  attempt,
}: RunFound): Tree {
  const ended = ending.kind === 'completed' ? '' : `, ${ending.kind}: ${printable(ending.detail)}`;
  const came = `${exact(figureMicrobits)} bits per byte, cost ${costUs} us, payload ${payloadBytes} bytes`;
  return { text: `${name}: ${came}, attempt ${attempt}${ended}  ${ref(at)}` };
}

function evidenceTrees({ differences, ...judged }: Evidence): readonly Tree[] {
  const { meanMicrobits, deviationMicrobits, degrees, alphaPpt, thresholdMilliT, marginMicrobits } = judged;
  return [
    { text: `differences, one for each fresh seed: ${differences.map(exact).join(', ')}` },
    { text: `mean ${exact(meanMicrobits)}, lower bound ${exact(judged.lowerMicrobits)}` },
    {
      text: `mean with the plan's ladders read in: ${exact(judged.gridMicrobits)}; it has to be more than 0`,
    },
    { text: `pooled deviation ${exact(deviationMicrobits)} with ${degrees} degrees of freedom` },
    {
      text: `chance of error spent: ${alphaPpt} x 10^-12; Student's t for it: ${(thresholdMilliT / 1_000).toFixed(3)}`,
    },
    {
      text: `margin that the mean has to exceed: ${exact(marginMicrobits)}: ${judged.proven ? 'proven' : 'not proven'}`,
    },
  ];
}

function against({
  claim,
  incumbent,
  near,
}: Pick<DataOf<'ConfirmationCalled'>, 'claim' | 'incumbent' | 'near'>) {
  if (incumbent !== null) return `the standing recipe of ${incumbent}`;
  const panel = claim === 'architecture' ? 'the best of the panel' : "the panel and the judge's recipe";
  return near === null ? panel : `${panel}, beside ${near}, which looks like it`;
}

export function confirmationTree(confirmation: ConfirmationExplained): Tree {
  const { claim, called, basis, seeds, runs, runsWanted, result, challenge, entry } = confirmation;
  const told = result === null ? 'under way' : result.evidence.proven ? 'proven' : 'not proven';
  const position = `challenge ${challenge} of the family's recipe, submission ${entry} of its hotkey`;
  const found: readonly Tree[] =
    result === null
      ? []
      : [
          ...evidenceTrees(result.evidence),
          { text: `gain over the panel on the fresh seeds: ${gainText(result.gain)}` },
          ...(result.identical
            ? [{ text: 'its judged curve is, bit for bit, that of what it was compared with: a copy' }]
            : []),
        ];
  return {
    text: `confirmation of the ${claim} claim: ${told}  ${ref(result?.at ?? null)}`,
    children: [
      {
        text: `called for ${seeds} fresh seeds against ${against(confirmation)} (${position})  ${ref(called)}`,
      },
      { text: `due since ${ref(basis)}` },
      ...found,
      { text: `${runs.length} of ${runsWanted} runs measured`, children: runs.map(runTree) },
    ],
  };
}
