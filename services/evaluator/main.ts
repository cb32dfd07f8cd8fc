import { readFileSync } from 'node:fs';
import { corpusByDigest, currentCorpus } from '../../infra/corpus/index.ts';
import { openDockerSandbox } from '../../infra/sandbox/docker/index.ts';
import { runProcess } from '../runtime/process.ts';
import { sweepOwn } from '../runtime/sweep.ts';
import { loopUntilEnd, wire } from '../runtime/wiring.main.ts';
import { placesOf } from '../settings.ts';
import { evaluatorLabels } from './parts.ts';
import { referenceFiles } from './reference.ts';
import { evaluator } from './service.ts';

await runProcess('evaluator', async (context) => {
  const { settings, signal } = context;
  const wiring = await wire('evaluator', context);
  const sandbox = openDockerSandbox();
  await sweepOwn(wiring, sandbox, (ledger) => evaluatorLabels(ledger, settings.worker));
  const service = evaluator({
    client: wiring.client,
    blobs: wiring.blobs,
    sandbox,
    clock: wiring.clock,
    log: wiring.log,
    corpus: currentCorpus(settings.corpus ?? undefined),
    earlierCorpus: (digest) => corpusByDigest(digest, settings.corpus ?? undefined),
    secret: Buffer.from(readFileSync(placesOf(settings).seedSecret, 'utf8').trim(), 'hex'),
    reference: referenceFiles(),
    worker: settings.worker,
    parallel: settings.parallel,
    signal,
  });
  return loopUntilEnd(service, wiring, signal);
});
