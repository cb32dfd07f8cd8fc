import { loadOrCreateLogKey } from '../../infra/log-directory/log-key.ts';
import { openLogDirectory } from '../../infra/log-directory/log-writer.ts';
import { originOf } from '../origin.ts';
import { runProcess } from '../runtime/process.ts';
import { loopUntilEnd, wire } from '../runtime/wiring.main.ts';
import { placesOf } from '../settings.ts';
import { type LogPort, sequencer, Unsequenced } from './service.ts';

await runProcess('sequencer', async (context) => {
  const places = placesOf(context.settings);
  const signer = await loadOrCreateLogKey(places.logKey, originOf(context.settings));
  let writer = await openLogDirectory(places.log, signer);
  const log: LogPort = {
    size: () => writer.checkpoint.size,
    root: () => writer.checkpoint.root,
    async append(entries) {
      try {
        await writer.append(entries);
      } catch (error) {
        // After a failed write only the folder itself says where it stands.
        writer.close();
        writer = await openLogDirectory(places.log, signer);
        throw error;
      }
    },
  };
  const unsequenced = new Unsequenced(log);
  const wiring = await wire('sequencer', context, {
    onEvent: (_event, index, stored) => unsequenced.add(index, stored),
  });
  const { ready, done } = loopUntilEnd(sequencer(unsequenced, log, wiring.bus), wiring, context.signal);
  return { ready, done: done.finally(() => writer.close()) };
});
