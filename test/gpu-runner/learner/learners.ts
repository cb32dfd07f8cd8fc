/** Drives the real Python host in a real container: one container and one import of torch per test file, one process per learner. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GPU_RUNNER, imageTags } from '../../../infra/sandbox/image-tag.ts';

export type Role = 'trainer' | 'predictor' | 'replayer';

export interface Answer {
  readonly header: { readonly [key: string]: unknown };
  readonly body: Buffer;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PREFIX_BYTES = 8;

export class Learners {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #chunks: AsyncIterator<Buffer>;
  #received: Buffer = Buffer.alloc(0);
  #standardError = '';
  #count = 0;

  constructor() {
    const mounts = [`${GPU_RUNNER}:/opt/prism:ro`, `${HERE}:/driver:ro`].flatMap((mount) => ['-v', mount]);
    const confined = ['--network', 'none', '--read-only', '--tmpfs', '/tmp', '--user', '65532:65532'];
    const environment = ['PYTHONHASHSEED=0', 'PYTHONDONTWRITEBYTECODE=1'].flatMap((one) => ['-e', one]);
    const image = imageTags('runner').base;
    this.#child = spawn('docker', [
      ...['run', '--rm', '-i', ...confined, ...mounts, ...environment, image],
      ...['python3', '/driver/driver.py'],
    ]);
    this.#child.stderr.on('data', (text) => {
      this.#standardError += String(text);
    });
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]();
  }

  learner(role: Role): Learner {
    this.#count += 1;
    return new Learner(this, `learner${this.#count}`, role);
  }

  /** One request at a time. Throws where the driver itself ended. */
  async ask(header: object, body: Buffer): Promise<Answer> {
    const encoded = Buffer.from(JSON.stringify(header));
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(encoded.length, 0);
    prefix.writeUInt32BE(body.length, 4);
    this.#child.stdin.write(Buffer.concat([prefix, encoded, body]));
    const lengths = await this.#read(PREFIX_BYTES);
    const answer = await this.#read(lengths.readUInt32BE(0));
    return { header: JSON.parse(answer.toString('utf8')), body: await this.#read(lengths.readUInt32BE(4)) };
  }

  async #read(count: number): Promise<Buffer> {
    while (this.#received.length < count) {
      const chunk = await this.#chunks.next();
      if (chunk.done) throw new Error(`the driver ended: ${this.#standardError.slice(-2_000)}`);
      this.#received = Buffer.concat([this.#received, chunk.value]);
    }
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await ended;
  }
}

/** A project's sources by path; `training` where the recipe comes from a project of its own. */
export interface TestProject {
  readonly files: { readonly [path: string]: string };
  readonly entrypoint?: string;
  /** Entrypoint of the recipe (default: the architecture's). */
  readonly trainingEntrypoint?: string;
  readonly training?: { readonly [path: string]: string };
}

export const CONTEXT = {
  vocab_size: 256,
  sequence_length: 16,
  max_layers: 4,
  max_parameters: 200_000,
  seed: 7,
  steps: 10,
};

export class Learner {
  readonly #learners: Learners;
  readonly #name: string;
  readonly #role: Role;

  constructor(learners: Learners, name: string, role: Role) {
    this.#learners = learners;
    this.#name = name;
    this.#role = role;
  }

  ask(header: object, body: Buffer = Buffer.alloc(0)): Promise<Answer> {
    return this.#learners.ask({ ...header, learner: this.#name, role: this.#role }, body);
  }

  async project(project: TestProject): Promise<Answer> {
    const { header, body } = projectFrame(project);
    return this.ask(header, body);
  }

  /** @param more optional fields of the request, here and below */
  build(
    recipe: 'reference' | 'submission' = 'reference',
    context: object = CONTEXT,
    more: object = {},
  ): Promise<Answer> {
    return this.ask({ op: 'build', context, recipe, ...more });
  }

  train(step: number, windows: readonly string[], more: object = {}): Promise<Answer> {
    const length = windows[0]?.length ?? 0;
    return this.ask(
      { op: 'train', step, batch: windows.length, length, ...more },
      Buffer.from(windows.join(''), 'latin1'),
    );
  }

  snapshot(more: object = {}): Promise<Answer> {
    return this.ask({ op: 'snapshot', ...more });
  }

  /** Loads the model, and the optimiser's state where the snapshot has it. */
  load({ header: { tensors, optimizer }, body }: Answer): Promise<Answer> {
    return this.ask({ op: 'load', tensors, ...(optimizer === undefined ? {} : { optimizer }) }, body);
  }

  predict(prefixes: readonly string[], more: object = {}): Promise<Answer> {
    const length = prefixes[0]?.length ?? 0;
    return this.ask(
      { op: 'predict', count: prefixes.length, length, ...more },
      Buffer.from(prefixes.join(''), 'latin1'),
    );
  }
}

export function projectFrame(project: TestProject): {
  header: { op: string; [key: string]: unknown };
  body: Buffer;
} {
  const { files, training, entrypoint = 'model.py' } = project;
  const own = (root: string, sources: object) =>
    Object.entries(sources).map(([path, text]) => ({ root, path, bytes: Buffer.from(String(text)) }));
  const all = [...own('architecture', files), ...own('training', training ?? {})];
  const header = {
    op: 'project',
    files: all.map(({ root, path, bytes }) => ({ root, path, size: bytes.length })),
    architecture: { entrypoint },
    training: { entrypoint: project.trainingEntrypoint ?? (training ? 'recipe.py' : entrypoint) },
    sameRoot: training === undefined,
  };
  return { header, body: Buffer.concat(all.map(({ bytes }) => bytes)) };
}

/** What went wrong, as `type: message`; throws where the answer is not an error. */
export function errorOf(answer: Answer): string {
  const { ok, error } = answer.header as { ok?: boolean; error?: { type: string; message: string } };
  if (ok !== false || error === undefined)
    throw new Error(`no error but ${JSON.stringify(answer.header).slice(0, 500)}`);
  return `${error.type}: ${error.message}`;
}

/** The body as float32 numbers. */
export function floats(body: Buffer): number[] {
  return Array.from({ length: body.length / 4 }, (_, index) => body.readFloatLE(index * 4));
}

/** A table model of 256 x 256 parameters whose first weight tests can read; `code` is added to the file. */
export function tableProject(code = '', more: { readonly [path: string]: string } = {}): TestProject {
  return { files: { 'model.py': `${TABLE}\n${code}`, ...more } };
}

/** A project of one file. */
export function projectOf(source: string): TestProject {
  return { files: { 'model.py': source } };
}

const TABLE = `import torch
from torch import nn


class Table(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(256, 256)
        nn.init.zeros_(self.table.weight)

    def forward(self, tokens):
        return self.table(tokens)


def build_model(ctx):
    return Table()


def get_recipe(ctx):
    return {"learning_rate": 0.1, "optimizer": "sgd", "scheduler": "none", "batch_size": 64, "weight_decay": 0.0}
`;

/** Two windows of 17 bytes in which `b` follows `a` and `a` follows `b`. */
export const AB_WINDOWS = [`${'ab'.repeat(8)}a`, `${'ba'.repeat(8)}b`];
