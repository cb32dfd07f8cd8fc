import { openDockerSandbox } from '../../infra/sandbox/docker/index.ts';
import { runProcess } from '../runtime/process.ts';
import { sweepOwn } from '../runtime/sweep.ts';
import { loopUntilEnd, wire } from '../runtime/wiring.main.ts';
import { semanticReviewerOf } from './semantic.main.ts';
import { reviewer, reviewerLabels } from './service.ts';

await runProcess('reviewer', async (context) => {
  const { worker } = context.settings;
  const semantic = semanticReviewerOf(context.settings);
  const wiring = await wire('reviewer', context);
  const sandbox = openDockerSandbox();
  await sweepOwn(wiring, sandbox, (ledger) => reviewerLabels(ledger, worker));
  const service = reviewer({ client: wiring.client, blobs: wiring.blobs, sandbox, worker, semantic });
  return loopUntilEnd(service, wiring, context.signal);
});
