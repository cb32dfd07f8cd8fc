import { readFileSync } from 'node:fs';
import { runProcess } from '../runtime/process.ts';
import { wire } from '../runtime/wiring.main.ts';
import { placesOf } from '../settings.ts';
import { admit, DEFAULT_ADMISSION_LIMITS } from './admit.ts';
import { intakeApp } from './app.ts';
import { KnownContent } from './receive.ts';

/** A request waits at most this often for a store that is away, 200 ms each, before Platform is told to try again. */
const TRIES = 25;

await runProcess('intake', async (context) => {
  const { settings, signal, intakePort } = context;
  const known = new KnownContent();
  const wiring = await wire('intake', context, { tries: TRIES, onEvent: (event) => known.fold(event) });
  await wiring.client.catchUp();
  const app = intakeApp({
    client: wiring.client,
    known,
    blobs: wiring.blobs,
    admit: (zip) => admit(zip, DEFAULT_ADMISSION_LIMITS),
    token: readFileSync(placesOf(settings).bridgeToken, 'utf8').trim(),
    slug: settings.slug,
  });
  const ready = await app.listen({ host: '127.0.0.1', port: intakePort });
  const done = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
    .then(() => app.close())
    .finally(() => wiring.close());
  return { ready, done };
});
