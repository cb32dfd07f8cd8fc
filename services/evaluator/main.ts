import { readFileSync } from 'node:fs';
import { currentCorpus } from '../../infra/corpus/index.ts';
import { openDockerSandbox } from '../../infra/sandbox/docker/index.ts';
import { runProcess } from '../runtime/process.ts';
import { loopUntilEnd, wire } from '../runtime/wiring.main.ts';
import { placesOf } from '../settings.ts';
import { referenceFiles } from './reference.ts';
import { evaluator } from './service.ts';

await runProcess('evaluator', async (context) => {
  const { settings, signal } = context;
  const wiring = await wire('evaluator', context);
  const sandbox = openDockerSandbox();
  // Containers of an earlier life of this worker: their leases are lapsed from the ledger.
  await sandbox
    .sweep({ 'prism.worker': settings.worker })
    .catch((error: unknown) => wiring.log.error('cannot sweep', error));
  const service = evaluator({
    client: wiring.client,
    blobs: wiring.blobs,
    sandbox,
    clock: wiring.clock,
    log: wiring.log,
    corpus: currentCorpus(settings.corpus ?? undefined),
    secret: Buffer.from(readFileSync(placesOf(settings).seedSecret, 'utf8').trim(), 'hex'),
    reference: referenceFiles(),
    worker: settings.worker,
    parallel: settings.parallel,
  });
  return loopUntilEnd(service, wiring, signal);
});
