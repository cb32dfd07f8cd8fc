import { describe, expect, test } from '@jest/globals';
import { systemClock, systemRandom } from '../../../infra/system/index.ts';

describe('clock', () => {
  test('says the time, in milliseconds since the Unix epoch', () => {
    const before = Date.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
    expect(systemClock.now()).toBeLessThanOrEqual(Date.now());
  });

  test('sleeps in order of length, and not at all for nothing', async () => {
    const woken: string[] = [];
    const sleeps = [30, 5, 0, -1].map((ms) => systemClock.sleep(ms).then(() => woken.push(String(ms))));
    await Promise.all(sleeps);
    expect(woken.slice(-2)).toEqual(['5', '30']);
  });

  test('is woken by its signal, without an error, from a sleep of longer than a timer can be', async () => {
    const controller = new AbortController();
    let isAwake = false;
    const asleep = systemClock.sleep(1e12, controller.signal).then(() => {
      isAwake = true;
    });
    await systemClock.sleep(10);
    expect(isAwake).toBe(false);
    controller.abort();
    await asleep;
    await systemClock.sleep(1e12, controller.signal);
  });
});

test('random bytes: as many as asked for, and others each time', () => {
  expect(systemRandom.bytes(0)).toHaveLength(0);
  expect(systemRandom.bytes(32)).toHaveLength(32);
  expect(systemRandom.bytes(32).equals(systemRandom.bytes(32))).toBe(false);
});
