import { beforeEach, describe, expect, test } from '@jest/globals';
import { ProgressMailbox } from '../../../services/gateway/feed/progress-mailbox.ts';
import { ProgressBoard } from '../../../services/gateway/progress-board.ts';
import { progressOf } from './progress.ts';

const ID = '070105ab-0000-5000-8000-000000000000';
let now: number;
let board: ProgressBoard;
beforeEach(() => {
  now = 1_000_000;
  board = new ProgressBoard(() => now);
});

describe('the board', () => {
  test('has the last of each run that has not ended, by name, and the counts of the last of all', () => {
    board.note(progressOf(ID, { run: 'b', step: 1 }));
    board.note(progressOf(ID, { run: 'a', step: 1 }));
    board.note(progressOf(ID, { run: 'b', step: 2, lossMicrobits: 5 }));
    board.note(progressOf(ID, { run: 'c', step: 300 }));
    board.note(progressOf(ID, { run: 'c', step: 300, ended: true, runsDone: 5 }));
    expect(board.of(ID)).toMatchObject({
      runsDone: 5,
      runsPlanned: 9,
      runs: [
        { run: 'a', step: 1, steps: 300, lossMicrobits: null },
        { run: 'b', step: 2, lossMicrobits: 5 },
      ],
    });
    expect(board.of('070105ab-0000-5000-8000-000000000001')).toBeNull();
  });

  test('leaves out a run that is silent for long while others are not', () => {
    board.note(progressOf(ID, { run: 'broken off' }));
    now += 1_000_000;
    expect(board.of(ID)?.runs).toHaveLength(1);
    board.note(progressOf(ID, { run: 'alive' }));
    expect(board.of(ID)?.runs.map(({ run }) => run)).toEqual(['alive']);
  });

  test('does not grow for ever', () => {
    for (let run = 0; run < 1_000; run += 1) board.note(progressOf(ID, { run: `run ${run}` }));
    expect(board.of(ID)?.runs).toHaveLength(64);
    const idOf = (number: number) => `070105ab-0000-5000-8001-${String(number).padStart(12, '0')}`;
    for (let number = 0; number < 1_000; number += 1) board.note(progressOf(idOf(number)));
    const kept = Array.from({ length: 1_000 }, (_, number) => board.of(idOf(number)) !== null);
    expect([kept.filter(Boolean).length, kept.indexOf(true), board.of(ID)]).toEqual([256, 744, null]);
  });

  test('tells who listens, until they stop', () => {
    const heard: number[] = [];
    const stop = board.listen(({ progress }) => heard.push(progress.step));
    board.note(progressOf(ID, { step: 1 }));
    stop();
    board.note(progressOf(ID, { step: 2 }));
    expect(heard).toEqual([1]);
  });
});

describe('the mailbox of a listener', () => {
  let mailbox: ProgressMailbox;
  beforeEach(() => {
    mailbox = new ProgressMailbox(() => now);
    board.listen((news) => mailbox.put(news));
  });
  const steps = (frames: string) => [...frames.matchAll(/"step":(\d+)/g)].map(([, step]) => Number(step));

  test('gives of each run the latest, at most once a second', () => {
    expect([mailbox.take(), mailbox.waitMs(15_000)]).toEqual(['', 15_000]);
    board.note(progressOf(ID, { run: 'a', step: 1 }));
    expect(mailbox.waitMs(15_000)).toBe(0);
    expect(steps(mailbox.take())).toEqual([1]);
    for (let step = 2; step < 100; step += 1) {
      board.note(progressOf(ID, { run: 'a', step }));
      board.note(progressOf(ID, { run: 'b', step: step + 100 }));
      now += 10;
      expect(mailbox.take()).toBe('');
    }
    expect(mailbox.waitMs(15_000)).toBe(20);
    now += 20;
    expect(steps(mailbox.take())).toEqual([99, 199]);
    expect([mailbox.take(), mailbox.isEmpty]).toEqual(['', true]);
  });

  test('wakes who waits once, when it is no longer empty', () => {
    const before = mailbox.arrival();
    board.note(progressOf(ID, { step: 1 }));
    expect(before.aborted).toBe(true);
    const later = mailbox.arrival();
    board.note(progressOf(ID, { step: 2 }));
    expect(later.aborted).toBe(false);
    mailbox.take();
    board.note(progressOf(ID, { step: 3 }));
    expect(later.aborted).toBe(true);
  });

  test('holds so much and no more', () => {
    for (let run = 0; run < 1_000; run += 1)
      board.note(progressOf(ID, { run: `run ${run}`, step: run % 300 }));
    expect(steps(mailbox.take())).toHaveLength(128);
  });
});
