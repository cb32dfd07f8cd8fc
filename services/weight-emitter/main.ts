import { runProcess } from '../runtime/process.ts';
import { loopUntilEnd, wire } from '../runtime/wiring.main.ts';
import { weightEmitter } from './service.ts';

await runProcess('weight-emitter', async (context) => {
  const wiring = await wire('weight-emitter', context);
  return loopUntilEnd(weightEmitter(wiring.client), wiring, context.signal);
});
