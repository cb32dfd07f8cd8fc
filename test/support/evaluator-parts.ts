/** What evaluators of tests are given besides their ports: seeds from the tests' master, stand-ins for the judge's models, a CPU. */
import { noBeacon } from '../../infra/beacon/none.ts';
import { Devices } from '../../services/evaluator/devices.ts';
import type { Device } from '../../services/evaluator/judge/run.ts';
import { MemoryGate } from '../../services/evaluator/memory-gate.ts';
import type { References } from '../../services/evaluator/reference.ts';
import { MASTER } from './randomness.ts';

const model = { files: new Map([['model.py', Buffer.from('# reference\n')]]), payloadBytes: 10 };

export const testReferences: References = new Map([
  ['bigram', model],
  ['transformer', model],
]);

export const testDevice: Device = { kind: 'cpu', class: 'test' };

export const testEvaluatorParts = {
  references: testReferences,
  device: testDevice,
  devices: new Devices(testDevice),
  memory: new MemoryGate(Number.MAX_SAFE_INTEGER),
  randomness: { master: MASTER, beacon: noBeacon() },
} as const;
