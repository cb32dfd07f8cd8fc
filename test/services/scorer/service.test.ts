import { describe, expect, test } from '@jest/globals';
import { addMs, parseTime } from '../../../domain/events/time.ts';
import { silentLogger } from '../../../services/runtime/logger.ts';
import { runService } from '../../../services/runtime/loop.ts';
import { scorer } from '../../../services/scorer/service.ts';
import { scorerTodo } from '../../../services/scorer/todo.ts';
import { type Engine, engineWith } from '../../support/engine.ts';
import { advance, closeEpoch, finish, handOver, openLedger, type Script } from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';

const numbers = Array.from({ length: 32 }, (_, i) => i);
const gpt: Script = {
  hotkey: 'A',
  kind: 'full',
  architecture: 'gpt',
  sketch: numbers,
  training: 'a',
  gain: 300_000,
  recipeGain: 50_000,
};
const like: Script = { ...gpt, hotkey: 'B', architecture: 'near', sketch: [...numbers.slice(0, 30), 98, 99] };

function measured(...scripts: readonly Script[]): LedgerBuilder {
  const builder = openLedger();
  for (const [index, script] of scripts.entries()) handOver(builder, script, index);
  for (const [index, script] of scripts.entries()) advance(builder, script, index);
  return builder;
}

/** The second one's claim is held. */
function held(): LedgerBuilder {
  const builder = measured(gpt, like);
  for (const [index, script] of [gpt, like].entries()) finish(builder, script, index, [gpt, like]);
  return builder;
}

/** Runs this many scorers side by side until nothing more happens. */
async function run(engine: Engine, count: number, ms: number): Promise<void> {
  const stop = new AbortController();
  const { bus, clock } = engine;
  const running = Array.from({ length: count }, () => {
    const client = engine.client();
    return runService(scorer(client), { client, bus, clock, log: silentLogger }, stop.signal);
  });
  await clock.pass(ms);
  stop.abort();
  await clock.settle();
  await Promise.all(running);
}

const derived = (types: readonly string[]) => types.filter((type) => /Scored|Confirm|Claim|Hold/.test(type));

describe('the scorer', () => {
  test.each([1, 3])('appends what is owed, and what follows from that, once (%i of them)', async (count) => {
    const worse = { ...gpt, hotkey: 'B', training: 'b', recipeGain: 40_000 };
    const builder = measured(gpt, worse);
    const first = () => [...builder.state.submissions.values()][0]?.state;
    // Up to the last run of the first one's second confirmation.
    while (first()?.confirmed.length !== 1) {
      builder.settle();
      advance(builder, gpt, 0);
    }
    expect(first()?.phase).toBe('remeasured');
    const before = derived(builder.events.map(({ type }) => type)).length;
    const engine = await engineWith(builder);
    await run(engine, count, 5_000);
    expect(derived(await engine.types()).slice(before)).toEqual([
      'SubmissionConfirmed',
      'TrainingClaimDecided',
      'TrainingClaimDecided',
    ]);
  });

  test('expires a hold at its deadline, not before', async () => {
    const builder = held();
    const engine = await engineWith(builder);
    const deadline = builder.events.findLast(({ type }) => type === 'ArchitectureClaimHeld')?.data.deadline;
    const left = parseTime(String(deadline)) - engine.clock.now();
    await run(engine, 2, 10_000);
    expect(derived(await engine.types()).at(-1)).toBe('ArchitectureClaimHeld');
    await engine.clock.pass(left / 2);
    await engine.clock.pass(left / 2 - 20_000);
    await run(engine, 2, 5_000);
    expect(derived(await engine.types()).at(-1)).toBe('ArchitectureClaimHeld');
    await run(engine, 2, 30_000);
    expect(derived(await engine.types()).slice(-3)).toEqual([
      'HoldExpired',
      'ArchitectureClaimDecided',
      'ConfirmationCalled',
    ]);
  });
});

describe('what waits for the scorer', () => {
  test('are scores and claims, not weights', () => {
    const builder = measured(gpt);
    closeEpoch(builder);
    const types = scorerTodo(builder.state, builder.now).map((item) =>
      item.type === 'owed' ? item.owed.decided.type : item.type,
    );
    expect(types).toEqual(['SubmissionScored']);
  });

  test('includes a hold from the moment of its deadline', () => {
    const builder = held();
    const [claim] = builder.events.filter((event) => event.type === 'ArchitectureClaimHeld');
    const deadline = String(claim?.data.deadline);
    expect(scorerTodo(builder.state, addMs(deadline, -1))).toEqual([]);
    expect(scorerTodo(builder.state, deadline)).toMatchObject([
      { type: 'expired', submission: claim?.data.submission, basis: claim?.data.basis },
    ]);
  });
});
