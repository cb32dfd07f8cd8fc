/**
 * All services in one process on virtual time: the services' own code, the embedded store and the fold are real; time, wake-ups, crashes
 * and containers are not. Two of each service run, so that a second instance is part of every history.
 */

import { sha256 } from '../../domain/events/canonical.ts';
import type { Decided } from '../../domain/events/catalogue.ts';
import { eventBytes } from '../../domain/events/envelope.ts';
import { epochCorrelation, streamOf } from '../../domain/events/ids.ts';
import { isSettled } from '../../domain/ledger/claimants.ts';
import { outcomeDigest, outcomeOf } from '../../domain/ledger/outcome.ts';
import type { LedgerState } from '../../domain/ledger/state.ts';
import { appendToEdge, EMPTY_EDGE, edgeRoot } from '../../domain/log/edge.ts';
import type { EventStore } from '../../domain/ports.ts';
import { openSqliteEventStore } from '../../infra/event-store/sqlite/store.ts';
import { replay } from '../../projections/replay.ts';
import { evaluator } from '../../services/evaluator/service.ts';
import { KnownContent, receive } from '../../services/intake/receive.ts';
import { reviewer } from '../../services/reviewer/service.ts';
import { LedgerClient } from '../../services/runtime/ledger-client.ts';
import { silentLogger } from '../../services/runtime/logger.ts';
import { runService, type Service } from '../../services/runtime/loop.ts';
import { scorer } from '../../services/scorer/service.ts';
import { type LogPort, sequencer, Unsequenced } from '../../services/sequencer/service.ts';
import { weightEmitter } from '../../services/weight-emitter/service.ts';
import { ScriptedSandbox } from '../doubles/scripted-sandbox.ts';
import { shortCorpus } from '../doubles/short-plan.ts';
import { testEvaluatorParts } from '../support/evaluator-parts.ts';
import { closing, MASTER } from '../support/randomness.ts';
import { type Budget, type Faults, Life } from './life.ts';
import { blobsOf, clockOf, memoryBlobs, SimulatedBus, sandboxOf, storeOf } from './ports.ts';
import { type Handover, opened } from './scenario.ts';
import { World } from './world.ts';

const STEP_LIMIT = 2_000_000;
/** A crashed process is started again after at most this long, milliseconds. */
const RESTART_MS = 20_000;

/** What one life of a service is made of. */
interface Parts {
  readonly life: Life;
  readonly client: LedgerClient;
}

export interface Outcome {
  readonly digest: string;
  readonly outcome: unknown;
  readonly events: number;
  readonly crashes: number;
  readonly steps: number;
  readonly virtualSeconds: number;
  readonly trace: readonly string[];
}

/** Services that are broken on purpose, to see whether a simulation notices. */
export interface Sabotage {
  readonly scorer?: typeof scorer;
  /** Secret that an evaluator draws seeds from. */
  readonly masterOf?: (worker: string) => Buffer;
}

class Simulation {
  readonly world: World;
  readonly faults: Faults;
  readonly budget: Budget;
  readonly bus: SimulatedBus;
  readonly blobs = memoryBlobs();
  readonly sandbox = new ScriptedSandbox();
  readonly store: EventStore = openSqliteEventStore(':memory:');
  /** The signed log, as far as a simulation needs it: entries that survive every crash. */
  readonly log: Buffer[] = [];
  failure: unknown = null;

  constructor(seed: number, faults: Faults) {
    this.world = new World(seed);
    this.faults = faults;
    this.budget = { crashes: faults.crashes };
    this.bus = new SimulatedBus(this.world, faults);
  }

  /** Starts a process; each time it dies, it is started again. */
  spawn(
    name: string,
    main: (parts: Parts) => Promise<void>,
    onEvent?: (parts: Parts) => NonNullable<ConstructorParameters<typeof LedgerClient>[0]['onEvent']>,
  ): void {
    const life: Life = new Life(name, this.world, this.faults, this.budget, () => {
      this.world.after(this.world.below(RESTART_MS), () => this.spawn(name, main, onEvent));
    });
    const parts: { life: Life; client: LedgerClient } = {
      life,
      client: this.client(life, (...event) => onEvent?.(parts)(...event)),
    };
    main(parts).catch((error: unknown) => {
      if (life.alive) this.failure ??= error;
    });
  }

  client(life: Life, onEvent?: ConstructorParameters<typeof LedgerClient>[0]['onEvent']): LedgerClient {
    const store = storeOf(life, this.world, this.faults, this.store);
    const options = { store, bus: this.bus.of(life), clock: clockOf(life, this.world) };
    return new LedgerClient(onEvent === undefined ? options : { ...options, onEvent });
  }

  /** A service in the shared loop, for ever. */
  service<Item>(name: string, make: (parts: Parts) => Service<Item>): void {
    this.spawn(name, async (parts) => {
      const clock = clockOf(parts.life, this.world);
      const loop = { client: parts.client, bus: this.bus.of(parts.life), clock, log: silentLogger };
      await runService(make(parts), loop, new AbortController().signal);
    });
  }

  sequencer(name: string): void {
    let unsequenced: Unsequenced;
    const log = (life: Life): LogPort => ({
      size: () => this.log.length,
      root: () => edgeRoot(appendToEdge(EMPTY_EDGE, this.log).edge.tiles),
      append: (entries) =>
        life.call('append to log', () => {
          // One writer at a time, as the log's lock has it: what another has written meanwhile is not written again.
          this.log.push(...entries.map((entry) => Buffer.from(entry)));
        }),
    });
    this.spawn(
      name,
      async ({ life, client }) => {
        const port = log(life);
        unsequenced = new Unsequenced(port);
        const clock = clockOf(life, this.world);
        await runService(
          sequencer(unsequenced, port, this.bus.of(life)),
          { client, bus: this.bus.of(life), clock, log: silentLogger },
          new AbortController().signal,
        );
      },
      () => (_event, index, stored) => unsequenced.add(index, stored),
    );
  }
}

function startServices(simulation: Simulation, sabotage: Sabotage): void {
  const { world, faults } = simulation;
  for (const instance of ['a', 'b']) {
    simulation.service(`reviewer-${instance}`, ({ life, client }) =>
      reviewer({
        client,
        blobs: blobsOf(life, simulation.blobs),
        sandbox: sandboxOf(life, world, faults, simulation.sandbox),
        worker: `worker-${instance}`,
      }),
    );
    simulation.service(`evaluator-${instance}`, ({ life, client }) =>
      evaluator({
        client,
        blobs: blobsOf(life, simulation.blobs),
        sandbox: sandboxOf(life, world, faults, simulation.sandbox),
        clock: clockOf(life, world),
        log: silentLogger,
        corpus: shortCorpus,
        earlierCorpus: () => shortCorpus,
        ...testEvaluatorParts,
        randomness: {
          ...testEvaluatorParts.randomness,
          master: sabotage.masterOf?.(`worker-${instance}`) ?? MASTER,
        },
        bus: { tell: () => {} },
        worker: `worker-${instance}`,
        parallel: 2,
      }),
    );
    simulation.service(`scorer-${instance}`, ({ client }) => (sabotage.scorer ?? scorer)(client));
    simulation.service(`weight-emitter-${instance}`, ({ client }) => weightEmitter(client));
  }
  simulation.sequencer('sequencer');
}

/** Platform: hands everything over in order, each until it is acknowledged, then the operator closes the epoch once all is decided. */
function startDriver(
  simulation: Simulation,
  all: readonly Handover[],
): { readonly done: () => boolean; readonly state: () => LedgerState } {
  let acknowledged = 0;
  let finished = false;
  let last: LedgerState | null = null;
  let known: KnownContent;
  simulation.spawn(
    'intake',
    async ({ life, client }) => {
      known = new KnownContent();
      const clock = clockOf(life, simulation.world);
      await client.commit(
        {
          stream: streamOf.policy,
          actor: 'operator',
          correlationId: '00000000-0000-0000-0000-000000000000',
          cause: null,
          step: 'open',
          attempt: 1,
        },
        (state) => (state.opened === null ? [{ type: 'LedgerOpened', data: opened }] : []),
      );
      for (const half of [Math.ceil(all.length / 2), all.length]) {
        while (acknowledged < half) {
          const handover = all[acknowledged];
          if (handover === undefined) break;
          await handOver(handover, client, known, simulation, life);
          acknowledged += 1;
        }
        await settled(client, clock);
        await closeEpoch(client, half === all.length ? 2 : 1, clock);
      }
      last = client.state;
      finished = true;
    },
    () => (event) => known.fold(event),
  );
  return {
    done: () => (finished && simulation.log.length === last?.size) || simulation.failure !== null,
    state: () => {
      if (last === null) throw new Error('the driver has not finished');
      return last;
    },
  };
}

async function handOver(
  handover: Handover,
  client: LedgerClient,
  known: KnownContent,
  simulation: Simulation,
  life: Life,
): Promise<void> {
  const { hotkey, nonce, body, name, admission } = handover;
  const vouched = { hotkey, nonce, requestHash: sha256(body), uid: null, filename: null };
  const parts = { client, known, blobs: blobsOf(life, simulation.blobs), admit: async () => admission };
  await receive(vouched, body, { zip: body, filename: `${name}.zip` }, parts);
}

async function settled(
  client: LedgerClient,
  clock: { sleep(milliseconds: number): Promise<void> },
): Promise<void> {
  for (;;) {
    await client.catchUp();
    if (client.state.pending.every((entry) => isSettled(client.state, entry))) return;
    await clock.sleep(1_000);
  }
}

async function closeEpoch(
  client: LedgerClient,
  epoch: number,
  clock: { sleep(milliseconds: number): Promise<void> },
): Promise<void> {
  const decide = (state: LedgerState): readonly Decided[] =>
    state.lastEpoch === epoch - 1 ? [...closing(epoch)] : [];
  const correlationId = epochCorrelation(client.ledger, epoch);
  await client.commit(
    {
      stream: streamOf.epoch(epoch),
      actor: 'operator',
      correlationId,
      cause: null,
      step: `close ${epoch}`,
      attempt: 1,
    },
    decide,
  );
  while ((client.state.epochs.get(epoch)?.emissions.size ?? 0) === 0) {
    await clock.sleep(1_000);
    await client.catchUp();
  }
}

/** Runs one history. Throws where a service broke, where it did not end, and where its log does not verify. */
export async function simulate(
  seed: number,
  faults: Faults,
  all: readonly Handover[],
  sabotage: Sabotage = {},
): Promise<Outcome> {
  const simulation = new Simulation(seed, faults);
  const started = simulation.world.now;
  startServices(simulation, sabotage);
  const driver = startDriver(simulation, all);
  await simulation.world.run(driver.done, STEP_LIMIT);
  if (simulation.failure !== null) throw simulation.failure;
  const replayed = await replay(entriesOf(simulation.log));
  await sameAsStore(simulation);
  return {
    digest: outcomeDigest(replayed.ledger),
    outcome: outcomeOf(replayed.ledger),
    events: simulation.log.length,
    crashes: faults.crashes - simulation.budget.crashes,
    steps: simulation.world.steps,
    virtualSeconds: (simulation.world.now - started) / 1_000,
    trace: simulation.world.trace,
  };
}

async function* entriesOf(log: readonly Buffer[]): AsyncGenerator<{ index: number; bytes: Buffer }> {
  for (const [index, bytes] of log.entries()) yield { index, bytes };
}

/** The log is the store's order, nothing lost, doubled or moved. */
async function sameAsStore(simulation: Simulation): Promise<void> {
  let index = 0;
  for await (const { event } of simulation.store.readAll(null)) {
    if (index >= simulation.log.length) break;
    if (simulation.log[index]?.equals(eventBytes(event)) !== true)
      throw new Error(`the log differs from the store at index ${index}`);
    index += 1;
  }
  if (index !== simulation.log.length)
    throw new Error(`the log has ${simulation.log.length} entries, the store ${index}`);
}
