/** All containers of one run: opened as they are needed, all gone when the run is. */
import type { Plan } from '../../../domain/evaluation/plan.ts';
import type { SandboxLimits, SandboxSession, SandboxUsage } from '../../../domain/ports.ts';
import { Learner } from './learner.ts';
import type { JudgeParts } from './run.ts';

/** What a container is there for; it stands over its part of the standard error. */
const DUTIES = ['trainer', 'predictor', 'replayer', 'hook'] as const;
export type Duty = (typeof DUTIES)[number];

const ROLES = {
  trainer: 'trainer',
  predictor: 'predictor',
  replayer: 'replayer',
  hook: 'predictor',
} as const;

interface Opened {
  readonly duty: Duty;
  readonly session: SandboxSession;
}

function limitsOf(limits: Plan['trainer']): SandboxLimits {
  const { memoryBytes, milliCpus, pids, tmpBytes, wallMs } = limits;
  return { memoryBytes, cpus: milliCpus / 1_000, pids, tmpBytes, wallMs };
}

export class Fleet {
  readonly #plan: Plan;
  readonly #parts: JudgeParts;
  readonly #opened: Opened[] = [];
  readonly #usages: { readonly duty: Duty; readonly usage: SandboxUsage }[] = [];
  /** Containers that were ended, or are being: whoever closes the fleet waits for each. */
  readonly #ended = new Map<Opened, Promise<void>>();
  #closed = false;

  constructor(plan: Plan, parts: JudgeParts) {
    this.#plan = plan;
    this.#parts = parts;
  }

  /** Starts a container. Throws `SandboxError` of kind `our-fault`. */
  async open(duty: Duty): Promise<Learner> {
    const { sandbox, labels, device } = this.#parts;
    const role = ROLES[duty];
    const session = await sandbox.open({
      image: 'runner',
      role,
      labels,
      limits: limitsOf(duty === 'trainer' || duty === 'replayer' ? this.#plan.trainer : this.#plan.predictor),
      ...(device.kind === 'cuda' ? { device: { kind: 'cuda' as const, ids: [...device.ids] } } : {}),
    });
    this.#opened.push({ duty, session });
    if (this.#closed) await this.close();
    return new Learner(session, this.#plan, device.kind);
  }

  /** What the engine says of the first container of this duty; null where none was opened. */
  effective(duty: Duty): SandboxSession['effective'] | null {
    return this.#opened.find((opened) => opened.duty === duty)?.session.effective ?? null;
  }

  /** Ends the containers of one duty, whose work is done. */
  async retire(duty: Duty): Promise<void> {
    await Promise.all(this.#opened.filter((opened) => opened.duty === duty).map((one) => this.#end(one)));
  }

  /** Ends every container. Never throws; can be called twice. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#opened.map((one) => this.#end(one)));
  }

  #end(opened: Opened): Promise<void> {
    const ending = this.#ended.get(opened) ?? this.#close(opened);
    this.#ended.set(opened, ending);
    return ending;
  }

  async #close({ duty, session }: Opened): Promise<void> {
    this.#usages.push({ duty, usage: await session.close() });
  }

  /** Usage of all closed containers of these duties: times added up, memory of the largest. */
  used(...duties: readonly Duty[]): { cpuUs: number; gpuBusyUs: number; peakMemoryBytes: number } {
    const of = this.#usages.filter(({ duty }) => duties.includes(duty)).map(({ usage }) => usage);
    return {
      cpuUs: of.reduce((sum, { cpuUs }) => sum + cpuUs, 0),
      gpuBusyUs: of.reduce((sum, { gpuBusyUs }) => sum + gpuBusyUs, 0),
      peakMemoryBytes: of.reduce((most, { peakMemoryBytes }) => Math.max(most, peakMemoryBytes), 0),
    };
  }

  /** What closed containers wrote to standard error, under the name of their duty and in the order of duties. */
  get standardErrors(): readonly (readonly [title: string, text: string])[] {
    return DUTIES.flatMap((wanted) =>
      this.#usages
        .filter(({ duty }) => duty === wanted)
        .map(({ duty, usage }) => [duty, usage.standardError] as const),
    );
  }
}
