import { freemem } from 'node:os';
import { corpusByDigest, currentCorpus } from '../../infra/corpus/index.ts';
import { openDockerSandbox } from '../../infra/sandbox/docker/index.ts';
import { withWarmPool } from '../../infra/sandbox/warm-pool.ts';
import { runProcess } from '../runtime/process.ts';
import { readMaster } from '../runtime/seed-master.ts';
import { sweepOwn } from '../runtime/sweep.ts';
import { loopUntilEnd, wire } from '../runtime/wiring.main.ts';
import { deviceOf } from './device.main.ts';
import { Devices } from './devices.ts';
import { MemoryGate } from './memory-gate.ts';
import { evaluatorLabels } from './parts.ts';
import { openBeacon } from './randomness.main.ts';
import { loadReferences } from './reference.ts';
import { evaluator } from './service.ts';

/** Of the memory that is free at the start, what learners may hold together. */
const MEMORY_SHARE = 0.85;

await runProcess('evaluator', async (context) => {
  const { settings, signal } = context;
  const wiring = await wire('evaluator', context);
  const device = deviceOf(settings);
  const sandbox = withWarmPool(openDockerSandbox(), {
    size: settings.warm,
    runLabels: ['prism.submission'],
  });
  await sweepOwn(wiring, sandbox, (ledger) => evaluatorLabels(ledger, settings.worker));
  const service = evaluator({
    client: wiring.client,
    blobs: wiring.blobs,
    sandbox,
    clock: wiring.clock,
    log: wiring.log,
    corpus: currentCorpus(settings.corpus ?? undefined),
    earlierCorpus: (digest) => corpusByDigest(digest, settings.corpus ?? undefined),
    bus: wiring.bus,
    randomness: { master: readMaster(settings), beacon: openBeacon(settings) },
    references: await loadReferences(),
    device,
    devices: new Devices(device),
    memory: new MemoryGate(freemem() * MEMORY_SHARE),
    worker: settings.worker,
    parallel: settings.parallel,
    signal,
  });
  const { ready, done } = loopUntilEnd(service, wiring, signal);
  return { ready, done: done.finally(() => sandbox.close()) };
});
