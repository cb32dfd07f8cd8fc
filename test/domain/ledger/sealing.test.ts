/** When sources open: by the events of whole histories. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEvent } from '../../../domain/events/codec.ts';
import type { EventEnvelope } from '../../../domain/events/envelope.ts';
import { parseTime } from '../../../domain/events/time.ts';
import { emptySeals, evolveSeals, type Visibility, visibilityAt } from '../../../domain/ledger/sealing.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { type Fate, idOf, type Script, smallPolicy, tell } from '../../support/history.ts';

const SEAL_MS = 90_000;
const policy: Policy = { ...smallPolicy, ownership: { ...smallPolicy.ownership, sealMs: SEAL_MS } };
const FAR = Number.MAX_SAFE_INTEGER;

const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  training: 'a',
  gain: 300_000,
  recipeGain: 50_000,
};
const other = (script: Partial<Script>): Script => ({ ...gpt, hotkey: 'B', training: 'b', ...script });

/** What is to be seen of a submission at a time, as far as these events tell. */
function seenAt(events: readonly EventEnvelope[], id: string, now: number): Visibility {
  const seals = emptySeals();
  for (const event of events) evolveSeals(seals, parseEvent(event));
  const seal = seals.bySubmission.get(id);
  if (seal === undefined) throw new Error(`nothing of ${id}`);
  return visibilityAt(seal, now);
}

function told(scripts: readonly Script[], index: number) {
  const builder = tell(scripts, { policy });
  const script = scripts[index] ?? gpt;
  const id = idOf(builder.ledger, script, index);
  const decisions = builder.events.filter(
    ({ type, data }) => type.endsWith('ClaimDecided') && 'submission' in data && data.submission === id,
  );
  return { ...builder, builder, id, events: builder.events, decisions };
}

describe('sources of what owns something', () => {
  test.each<readonly [string, readonly Script[], number, string]>([
    ['a discovery', [{ ...gpt, kind: 'architecture_only' }], 0, 'ArchitectureClaimDecided'],
    ['a discovery whose recipe is granted later', [gpt], 0, 'TrainingClaimDecided'],
    ['a grant', [gpt, other({ kind: 'training_for_arch', recipeGain: 90_000 })], 1, 'TrainingClaimDecided'],
    ['a grant in a known family', [gpt, other({ recipeGain: 90_000 })], 1, 'TrainingClaimDecided'],
  ])("open the policy's time after %s, not a millisecond before", (_name, scripts, index, type) => {
    const { events, id, decisions } = told(scripts, index);
    const decided = decisions.findLast((event) => event.type === type);
    const opens = parseTime(decided?.time ?? '') + SEAL_MS;
    const { opensAt } = seenAt(events, id, opens) as { opensAt: string };
    expect(parseTime(opensAt)).toBe(opens);
    expect(seenAt(events, id, opens - 1)).toEqual({ kind: 'sealed', opensAt });
    expect(seenAt(events, id, opens)).toMatchObject({ kind: 'open', sources: { fileCount: 2 } });
  });

  test('stay sealed while another of its claims is undecided, however long that takes', () => {
    const { events, id } = told([gpt], 0);
    const until = events.findIndex(({ type }) => type === 'TrainingClaimDecided');
    expect(events.slice(0, until).map(({ type }) => type)).toContain('ArchitectureClaimDecided');
    expect(seenAt(events.slice(0, until), id, FAR)).toEqual({ kind: 'sealed', opensAt: null });
  });

  test('open by the policy that the submission was received under', () => {
    const at = (sealMs: number): Policy => ({ ...policy, ownership: { ...policy.ownership, sealMs } });
    const { events, id, decisions } = told([gpt, other({ architecture: 'rnn', policy: at(0) })], 0);
    const opens = parseTime(decisions.at(-1)?.time ?? '') + SEAL_MS;
    expect(seenAt(events, id, opens - 1).kind).toBe('sealed');
    expect(seenAt(events, id, opens).kind).toBe('open');
  });
});

describe('sources of what owns nothing', () => {
  test.each<readonly [string, readonly Script[], number]>([
    ['is known', [gpt, other({ kind: 'architecture_only' })], 1],
    ['is unproven', [{ ...gpt, gain: 0, recipeGain: 0 }], 0],
    ['is a copy', [gpt, other({ copies: true, recipeGain: 50_000 })], 1],
    ['is rejected at intake', [{ ...gpt, fate: 'rejected-at-intake' }], 0],
    ['is rejected in review', [{ ...gpt, fate: 'rejected-in-review' }], 0],
    ['is for a family that nobody has', [{ ...gpt, kind: 'training_for_arch' }], 0],
    ['was given up', [{ ...gpt, fate: 'abandoned' }], 0],
  ])('never open where it %s', (_name, scripts, index) => {
    const { events, id } = told(scripts, index);
    expect(seenAt(events, id, FAR)).toEqual({ kind: 'never' });
  });

  test.each<Fate>(['received-only', 'reviewed-only', 'planned-only'])('are sealed while it is %s', (fate) => {
    const { events, id } = told([{ ...gpt, fate }], 0);
    expect(seenAt(events, id, FAR)).toEqual({ kind: 'sealed', opensAt: null });
  });
});

test('what is open never closes, and nothing opens before it owns something', () => {
  const scripts = [
    gpt,
    other({ architecture: 'rnn', gain: 200_000 }),
    other({ hotkey: 'C', kind: 'training_for_arch' }),
  ];
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(4)), { maxLength: 60 }), (choices) => {
      const builder = tell(scripts, { policy, choices });
      const owning = new Set<unknown>();
      const open = new Set<string>();
      const seals = emptySeals();
      for (const event of builder.events.map((one) => parseEvent(one))) {
        evolveSeals(seals, event);
        if (event.type === 'ArchitectureClaimDecided' && event.data.outcome === 'discovered')
          owning.add(event.data.submission);
        if (event.type === 'TrainingClaimDecided' && event.data.outcome === 'granted')
          owning.add(event.data.submission);
        for (const [id, seal] of seals.bySubmission) {
          const isOpen = visibilityAt(seal, parseTime(event.time) + SEAL_MS).kind === 'open';
          if (isOpen) open.add(id);
          expect(isOpen).toBe(open.has(id));
          if (isOpen) expect(owning).toContain(id);
        }
      }
      expect(open).toEqual(owning);
    }),
    { numRuns: 25 },
  );
});
