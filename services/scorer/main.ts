import { runProcess } from '../runtime/process.ts';
import { loopUntilEnd, wire } from '../runtime/wiring.main.ts';
import { scorer } from './service.ts';

await runProcess('scorer', async (context) => {
  const wiring = await wire('scorer', context);
  return loopUntilEnd(scorer(wiring.client), wiring, context.signal);
});
