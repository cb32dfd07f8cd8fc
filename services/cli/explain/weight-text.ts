/** What a weight is made of, as text. */
import type {
  BurnExplained,
  ItemExplained,
  PoolExplained,
  WeightExplained,
} from '../../../projections/explain/weight.ts';
import { printable } from '../output.ts';
import { claimTree } from './owner-text.ts';
import type { Tree } from './tree.ts';
import { exact, percent, policyText, ref } from './words.ts';

function poolTree({ kind, ceilingPpm, askedPpm, paidPpm, keptPpm }: PoolExplained): Tree {
  const scaled = askedPpm > ceilingPpm ? ` of ${percent(askedPpm)} asked: all are scaled down together` : '';
  const kept = keptPpm === 0 ? '' : `, ${percent(keptPpm)} kept`;
  return { text: `${kind} pool: ceiling ${percent(ceilingPpm)}, ${percent(paidPpm)} paid${kept}${scaled}` };
}

/** Why less was paid than the increment is worth. */
function lossesOf(item: ItemExplained, price: number): readonly Tree[] {
  const { incrementMicrobits, fullPpm, askedPpm, ppm, keptPpm, releasedPpm, keptBeforePpm } = item;
  if (incrementMicrobits === 0)
    return [
      {
        text: 'no increment: something that came before it had reached as much, within the error between families',
      },
    ];
  return [
    {
      text: `increment ${exact(incrementMicrobits)} bits per byte x ${percent(price)} for a bit = ${percent(fullPpm)} of a whole epoch`,
    },
    ...(askedPpm < fullPpm ? [{ text: `stood for a part of the epoch: ${percent(askedPpm)}` }] : []),
    ...(ppm + keptPpm < askedPpm
      ? [{ text: `scaled down to its pool's ceiling: ${percent(ppm + keptPpm)}` }]
      : []),
    ...(keptPpm > 0 ? [{ text: `held, so that it is kept: ${percent(keptPpm)}` }] : []),
    ...(keptBeforePpm > 0
      ? [{ text: `kept by earlier epochs: ${percent(keptBeforePpm)}; released now: ${percent(releasedPpm)}` }]
      : []),
  ];
}

function itemTree(item: ItemExplained, price: number): Tree {
  const { kind, family, valueMicrobits, ppm, releasedPpm, claim } = item;
  return {
    text: `${kind} of family ${family}: ${percent(ppm + releasedPpm)}`,
    children: [
      { text: `worth ${exact(valueMicrobits)} bits per byte` },
      ...lossesOf(item, price),
      ...(claim === null ? [] : [claimTree(claim)]),
    ],
  };
}

function burnTree({ hotkey, units, ppm, parts }: BurnExplained): Tree {
  const to = hotkey === null ? 'undeliverable: the policy names no burn hotkey' : `to ${printable(hotkey)}`;
  return {
    text: `burned: ${units} units, ${percent(ppm)}, ${to}`,
    children: parts.map((part) => ({ text: `${percent(part.ppm)}: ${part.why}` })),
  };
}

export function weightTree(of: WeightExplained): Tree {
  const { hotkey, epoch, units, architecturePpm, trainingPpm, items, pricePpmPerBit } = of;
  return {
    text: `weight of ${printable(hotkey)} in epoch ${epoch}: ${units} of 65535 units  ${ref(of.derived)}`,
    children: [
      { text: `closed by  ${ref(of.closed)}` },
      { text: policyText(of.policy) },
      { text: `${percent(architecturePpm)} for architectures, ${percent(trainingPpm)} for training` },
      ...(items.length === 0 ? [{ text: 'owned nothing when the epoch was closed' }] : []),
      ...items.map((item) => itemTree(item, pricePpmPerBit)),
      { text: 'pools', children: of.pools.map(poolTree) },
      ...(of.burn === null ? [] : [burnTree(of.burn)]),
      ...of.emitted.map(({ at, target }) => ({ text: `sent to ${printable(target)}  ${ref(at)}` })),
    ],
  };
}
