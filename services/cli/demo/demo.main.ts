/** `prism demo`: the whole way on real parts, from miners' ZIPs to weights and a ledger that verifies from its files alone. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { familyOf, isSettled } from '../../../domain/ledger/claimants.ts';
import type { LedgerState } from '../../../domain/ledger/state.ts';
import { defaultPolicy } from '../../../domain/policy/default.ts';
import type { Policy } from '../../../domain/policy/policy.ts';
import { READ_MODELS, type ReadModelName } from '../../../projections/index.ts';
import type { LedgerClient } from '../../runtime/ledger-client.ts';
import { wire } from '../../runtime/wiring.main.ts';
import { loadSettings, placesOf, type Settings } from '../../settings.ts';
import { getJson, submitProject } from '../client.ts';
import { closeEpoch } from '../operator.main.ts';
import { CommandError, say } from '../output.ts';
import { packFolder } from '../pack.ts';
import { startEngine } from '../up.main.ts';
import { verifyLedger } from '../verify.main.ts';
import { type DemoMiner, EXAMPLES, MINERS } from './miners.ts';
import { type Progress, plainProgress, terminalProgress } from './progress.ts';

const BURN_HOTKEY = 'hotkey-burn';
const POLL_MS = 250;
/** Longer than any machine should need. */
const PATIENCE_MS = 3_600_000;

export interface DemoOptions {
  /** Parent of the demo's data folder. */
  readonly under: string;
  readonly policy?: Policy;
  readonly miners?: readonly DemoMiner[];
  readonly json: boolean;
}

const receivedSchema = z.object({ id: z.string(), status: z.string() });

const wait = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

async function until(
  what: string,
  client: LedgerClient,
  holds: (state: LedgerState) => boolean,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    await client.catchUp();
    if (holds(client.state)) return;
    if (performance.now() > deadline)
      throw new CommandError(`gave up waiting for ${what} after an hour; see the engine's log`);
    await wait(POLL_MS);
  }
}

function prepare(options: DemoOptions): Settings {
  const data = resolve(options.under, `demo-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(data, { recursive: true });
  const base = options.policy ?? defaultPolicy;
  const policy: Policy = { ...base, weights: { ...base.weights, burnHotkey: BURN_HOTKEY } };
  const file = join(data, 'policy.yaml');
  writeFileSync(file, JSON.stringify(policy, null, 2));
  return loadSettings(null, process.env, { data, policy: file, port: 0, slug: 'prism' });
}

async function submitAll(
  settings: Settings,
  gateway: string,
  miners: readonly DemoMiner[],
  client: LedgerClient,
  progress: Progress,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const miner of miners) {
    const fill: { [name: string]: string } = {};
    if (miner.forFamilyOf !== undefined) {
      const target = ids.get(miner.forFamilyOf) ?? '';
      progress.note(`${miner.project} waits until the family of ${miner.forFamilyOf} is discovered`);
      await until(`the claim of ${miner.forFamilyOf}`, client, (state) => {
        const entry = state.submissions.get(target);
        return entry !== undefined && isSettled(state, entry);
      });
      const entry = client.state.submissions.get(target);
      fill.FAMILY = (entry && familyOf(client.ledger, entry)) ?? '';
    }
    const zip = packFolder(join(EXAMPLES, miner.project), fill);
    const request = { zip, hotkey: miner.hotkey, filename: `${miner.project}.zip` };
    const { id } = receivedSchema.parse(await submitProject(settings, gateway, request));
    ids.set(miner.project, id);
    progress.name(id, miner.project);
  }
  return new Map([...ids].map(([project, id]) => [id, project]));
}

/** Runs it; returns the JSON that `--json` prints. */
export async function runDemo(options: DemoOptions) {
  const started = performance.now();
  const settings = prepare(options);
  const places = placesOf(settings);
  const progress =
    process.stderr.isTTY && !options.json ? terminalProgress(process.stderr) : plainProgress(say);
  progress.note(`starting the engine; everything is kept in ${settings.data}`);
  const logLines: string[] = [];
  const engine = await startEngine(settings, { onLine: (line) => logLines.push(line) });
  const wiring = await wire(
    'demo',
    { settings, natsUrl: null },
    { onEvent: (event) => progress.onEvent(event) },
  );
  try {
    const { client } = wiring;
    const names = await submitAll(settings, engine.gatewayUrl, options.miners ?? MINERS, client, progress);
    await until('every submission', client, (state) =>
      state.pending.every((entry) => isSettled(state, entry)),
    );
    const epoch = await closeEpoch(settings);
    await until('the weights', client, (state) => (state.epochs.get(epoch)?.emissions.size ?? 0) > 0);
    const { size } = client.state;
    await untilSequenced(places.log, size);
    const served = await servedDigests(engine.gatewayUrl, size - 1);
    await engine.stop();
    const checkpoint = readFileSync(join(places.log, 'checkpoint'), 'utf8');
    const vkey = readFileSync(join(places.log, 'log.vkey'), 'utf8').trim();
    const verification = await verifyLedger(places.log, { key: vkey });
    const root = checkpoint.split('\n')[2] ?? '';
    // Readers of the gateway and whoever verifies the files must see the same.
    const verified =
      verification.ok && READ_MODELS.every((name) => served[name] === verification.stateDigests[name]);
    return {
      names,
      vkey,
      verification,
      verified,
      ledger: { size, root, checkpoint, directory: places.log },
      durationMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    for (const line of logLines.slice(-40)) say(line);
    throw error;
  } finally {
    writeFileSync(join(settings.data, 'engine.log'), `${logLines.join('\n')}\n`);
    await wiring.close();
    await engine.stop();
  }
}

/** State digests as the gateway tells them, at one index. */
async function servedDigests(
  gateway: string,
  at: number,
): Promise<{ readonly [name in ReadModelName]?: string }> {
  const digest = async (name: ReadModelName) =>
    z.object({ stateDigest: z.string() }).parse(await getJson(`${gateway}/v1/${name}?at=${at}`)).stateDigest;
  const served: { [name in ReadModelName]?: string } = {};
  for (const name of READ_MODELS) served[name] = await digest(name);
  return served;
}

async function untilSequenced(directory: string, size: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const signed = Number(readFileSync(join(directory, 'checkpoint'), 'utf8').split('\n')[1]);
    if (signed >= size) return;
    if (performance.now() > deadline)
      throw new CommandError(`the log stands at ${signed} of ${size} events; see the engine's log`);
    await wait(POLL_MS);
  }
}
