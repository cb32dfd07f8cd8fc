import { openDockerSandbox } from '../../infra/sandbox/docker/index.ts';
import { runProcess } from '../runtime/process.ts';
import { loopUntilEnd, wire } from '../runtime/wiring.main.ts';
import { reviewer } from './service.ts';

await runProcess('reviewer', async (context) => {
  const wiring = await wire('reviewer', context);
  const sandbox = openDockerSandbox();
  // Containers of an earlier life of this process.
  await sandbox
    .sweep({ 'prism.service': 'reviewer' })
    .catch((error) => wiring.log.error('cannot sweep', error));
  return loopUntilEnd(
    reviewer({ client: wiring.client, blobs: wiring.blobs, sandbox }),
    wiring,
    context.signal,
  );
});
