/**
 * The `Sandbox` port in memory, for tests of what is around it and for simulation: its containers answer as the project's `script.json`
 * says. It stands in for Docker and PyTorch only where runs must be many, repeatable and free of time; the real ones have their own suites.
 */
import { digestOf, sha256 } from '../../domain/events/canonical.ts';
import {
  type EffectiveSandbox,
  type Frame,
  type Sandbox,
  SandboxError,
  type SandboxReading,
  type SandboxSession,
  type SandboxSpec,
  type SandboxUsage,
} from '../../domain/ports.ts';
import { type Script, scriptIn } from './script.ts';
import { ScriptedLearner } from './scripted-learner.ts';
import { scriptedReview } from './scripted-review.ts';

const EMPTY = Buffer.alloc(0);
/** CPU time that every operation is said to cost, in microseconds. */
const CPU_US = 100;
/** Memory that every container is said to have held. */
const PEAK_BYTES = 1 << 20;

export interface OpenedContainer {
  readonly spec: SandboxSpec;
  readonly requests: Frame[];
  closed: boolean;
}

export class ScriptedSandbox implements Sandbox {
  /** Every container that was ever opened, for tests to look at. */
  readonly containers: OpenedContainer[] = [];
  /** Called before each answer; may throw a `SandboxError`, or wait. */
  beforeAnswer: (container: OpenedContainer, request: Frame) => void | Promise<void> = () => {};
  readonly #failures = new Map<string, number>();

  async open(spec: SandboxSpec): Promise<SandboxSession> {
    const container: OpenedContainer = { spec, requests: [], closed: false };
    this.containers.push(container);
    return new ScriptedSession(container, this);
  }

  async sweep(labels: SandboxSpec['labels']): Promise<number> {
    const swept = this.containers.filter(
      (container) =>
        !container.closed &&
        Object.entries(labels).every(([key, value]) => container.spec.labels[key] === value),
    );
    for (const container of swept) container.closed = true;
    return swept.length;
  }

  async imageDigest(image: SandboxSpec['image']): Promise<string> {
    return `sha256:${sha256(`scripted ${image}`)}`;
  }

  /** Whether a container of this project that comes to its scripted failure fails: no more than `times` do. */
  failsAgain(project: string, times: number): boolean {
    const failed = this.#failures.get(project) ?? 0;
    if (failed >= times) return false;
    this.#failures.set(project, failed + 1);
    return true;
  }
}

class ScriptedSession implements SandboxSession {
  readonly effective: EffectiveSandbox;
  readonly #container: OpenedContainer;
  readonly #sandbox: ScriptedSandbox;
  readonly #done = new Map<string, number>();
  #files: ReadonlyMap<string, Buffer> = new Map();
  #script: Script = scriptIn(this.#files);
  #learner = new ScriptedLearner(this.#script);
  #recipe: unknown = null;
  #failure: SandboxError | null = null;

  constructor(container: OpenedContainer, sandbox: ScriptedSandbox) {
    this.#container = container;
    this.#sandbox = sandbox;
    this.effective = effectiveOf(container.spec);
  }

  async request(frame: Frame, { maxBytes }: { timeoutMs: number; maxBytes: number }): Promise<Frame> {
    if (this.#failure !== null) throw this.#failure;
    this.#container.requests.push(frame);
    try {
      await this.#sandbox.beforeAnswer(this.#container, frame);
      if (this.#container.closed) throw new Error('the session was closed');
      const answer = this.#answer(frame);
      const bytes = Buffer.byteLength(JSON.stringify(answer.header)) + answer.body.length;
      if (bytes > maxBytes)
        throw new SandboxError('over-limit', `${bytes} bytes where ${maxBytes} are allowed`);
      return answer;
    } catch (error) {
      if (error instanceof SandboxError) this.#failure = error;
      throw error;
    }
  }

  usage(): SandboxReading {
    return { cpuUs: CPU_US * this.#container.requests.length, peakMemoryBytes: PEAK_BYTES, gpuBusyUs: 0 };
  }

  async close(): Promise<SandboxUsage> {
    this.#container.closed = true;
    return { ...this.usage(), standardError: '', oomKilled: false, exitCode: 137 };
  }

  #answer({ header, body }: Frame): Frame {
    const op = String(header.op);
    if (op === 'ping') return { header: { ok: true }, body: EMPTY };
    if (op === 'project' || op === 'review') {
      this.#files = filesIn(header, body);
      this.#script = scriptIn(this.#files);
      this.#learner = new ScriptedLearner(this.#script);
    }
    if (op === 'build') this.#recipe = header.recipe;
    const nth = this.#done.get(op) ?? 0;
    this.#done.set(op, nth + 1);
    const good = () => this.#good(op, { header, body });
    return this.#isToFail(op, nth) ? failed(this.#script.fail?.how ?? 'error', op, good) : good();
  }

  #good(op: string, request: Frame): Frame {
    if (op === 'review')
      return { header: scriptedReview(request.header, this.#files, this.#script), body: EMPTY };
    if (op === 'project') return { header: { ok: true }, body: EMPTY };
    return this.#learner.answer(request.header, request.body);
  }

  #isToFail(op: string, nth: number): boolean {
    const { fail } = this.#script;
    if (fail === undefined || fail.op !== op || fail.at !== nth) return false;
    if (fail.recipe !== undefined && fail.recipe !== this.#recipe) return false;
    if (fail.role !== undefined && fail.role !== this.#container.spec.role) return false;
    const project = digestOf([...this.#files].map(([path, bytes]) => [path, sha256(bytes)]));
    return this.#sandbox.failsAgain(project, fail.times ?? Number.POSITIVE_INFINITY);
  }
}

function failed(how: NonNullable<Script['fail']>['how'], op: string, good: () => Frame): Frame {
  switch (how) {
    case 'error':
      return {
        header: {
          ok: false,
          error: { type: 'RuntimeError', message: 'scripted', trace: `Traceback: ${op}\n` },
        },
        body: EMPTY,
      };
    case 'non-finite': {
      const { header, body } = good();
      const bytes = Buffer.from(body);
      bytes.writeFloatLE(Number.NaN, bytes.length - 4);
      return { header, body: bytes };
    }
    case 'short-body': {
      const { header, body } = good();
      return { header, body: body.subarray(1) };
    }
    case 'absurd': {
      const { header, body } = good();
      const bytes = Buffer.alloc(body.length);
      for (let i = 0; i < bytes.length; i += 4) bytes.writeFloatLE((i / 4) % 2 === 0 ? 3e38 : -3e38, i);
      return { header, body: bytes };
    }
    default:
      throw new SandboxError(how, `scripted: ${how}`);
  }
}

/** The files of a `project` or `review` request; those of a training root come last. */
function filesIn(header: Frame['header'], body: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let start = 0;
  for (const entry of Array.isArray(header.files) ? header.files : []) {
    const { root, path, size }: { root?: string; path: string; size: number } = entry;
    files.set(root === undefined ? path : `${root}/${path}`, body.subarray(start, start + size));
    start += size;
  }
  if (start !== body.length) throw new Error(`files of ${start} bytes announced, ${body.length} came`);
  return files;
}

function effectiveOf({ image, limits, device }: SandboxSpec): EffectiveSandbox {
  return {
    runtime: 'scripted',
    image,
    user: '65532:65532',
    network: 'none',
    readOnlyRoot: true,
    capabilities: 'none',
    noNewPrivileges: true,
    seccomp: 'scripted',
    memoryBytes: limits.memoryBytes,
    memorySwapBytes: limits.memoryBytes,
    nanoCpus: limits.cpus * 1e9,
    pids: limits.pids,
    tmpBytes: limits.tmpBytes,
    devices: device === undefined ? 'cpu' : `cuda:${device.ids.join(',')}`,
  };
}
