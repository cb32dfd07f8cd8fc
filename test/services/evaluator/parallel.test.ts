import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forEachInParallel } from '../../../services/evaluator/parallel.ts';

const never = new AbortController().signal;

describe('work side by side', () => {
  test('is done once for each item, at most so many at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), fc.integer({ min: 1, max: 5 }), async (items, width) => {
        let running = 0;
        let most = 0;
        const done: number[] = [];
        await forEachInParallel(items, width, never, async (item) => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          done.push(item);
          running -= 1;
        });
        expect(most).toBe(Math.min(width, items.length));
        expect(done.toSorted()).toEqual(items.toSorted());
      }),
      { numRuns: 30 },
    );
  });

  test('stops at the first failure: nothing new starts, what runs is told, and that failure is thrown', async () => {
    const started: string[] = [];
    const told: string[] = [];
    const work = forEachInParallel(['bad', 'slow', 'next'], 2, never, async (item, abort) => {
      started.push(item);
      if (item === 'bad') throw new Error('disk full');
      await new Promise<void>((resolve) => abort.addEventListener('abort', () => resolve(), { once: true }));
      told.push(item);
      throw new Error('only stopped');
    });
    await expect(work).rejects.toThrow('disk full');
    expect(started).toEqual(['bad', 'slow']);
    expect(told).toEqual(['slow']);
  });

  test('stops when it is told to', async () => {
    const stop = new AbortController();
    const started: number[] = [];
    const work = forEachInParallel([1, 2, 3], 1, stop.signal, async (item) => {
      started.push(item);
      stop.abort(new Error('lease lost'));
    });
    await expect(work).rejects.toThrow('lease lost');
    expect(started).toEqual([1]);
  });

  test('does not start when it was told to stop before', async () => {
    const stopped = AbortSignal.abort(new Error('too late'));
    const started: number[] = [];
    await expect(forEachInParallel([1], 1, stopped, async (item) => void started.push(item))).rejects.toThrow(
      'too late',
    );
    expect(started).toEqual([]);
  });
});
