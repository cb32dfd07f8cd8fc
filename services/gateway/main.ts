import { runProcess } from '../runtime/process.ts';
import { start } from './start.main.ts';

await runProcess('gateway', async ({ settings, gatewayPort, intakePort, natsUrl, signal }) => {
  const intakeUrl = `http://127.0.0.1:${intakePort}`;
  const { url, closed } = await start({ ...settings, port: gatewayPort }, { intakeUrl, natsUrl }, signal);
  return { ready: url, done: closed };
});
