/** Drives the real reviewer: one Python process per test file, one project a call. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ReviewResult, reviewResultSchema } from '../../../services/reviewer/review-result.ts';

export type Sources = { readonly [path: string]: string | Uint8Array };

export interface Layout {
  readonly kind?: 'full' | 'architecture_only' | 'training_for_arch';
  /** Entrypoints; `architecture` is `model.py` where not given. */
  readonly architecture?: string;
  readonly training?: string;
}

const HERE = dirname(fileURLToPath(import.meta.url));

export class Reviewer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #standardError = '';

  /** @param environment added to the process's own, e.g. PYTHONHASHSEED */
  constructor(environment: { readonly [name: string]: string } = {}) {
    this.#child = spawn('python3', ['-B', join(HERE, 'driver.py')], {
      env: { ...process.env, ...environment },
    });
    this.#child.stderr.on('data', (text) => {
      this.#standardError += String(text);
    });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** One call at a time. Throws where the reviewer itself broke. */
  async review(files: Sources, layout: Layout = {}): Promise<ReviewResult> {
    const request = {
      layout: fullLayout(layout),
      files: Object.entries(files).map(([path, data]) => [path, Buffer.from(data).toString('base64')]),
    };
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.#answers.next();
    if (answer.done) throw new Error(`the reviewer ended: ${this.#standardError.slice(-2_000)}`);
    return reviewResultSchema.parse(JSON.parse(answer.value));
  }

  close(): void {
    this.#child.stdin.end();
  }
}

function fullLayout({ kind = 'full', architecture = 'model.py', training = architecture }: Layout): object {
  const component = (entrypoint: string) => ({ entrypoint, files: [entrypoint] });
  return {
    kind,
    architectureId: null,
    architecture: kind === 'training_for_arch' ? null : component(architecture),
    training: kind === 'architecture_only' ? null : component(training),
  };
}

/** All `.py` files below a folder of this one, by their path in it. */
export function sourcesOf(folder: string): Record<string, string> {
  const root = join(HERE, folder);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.py'),
  );
  return Object.fromEntries(files.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** Names of the honest projects, and how each is laid out. */
export function honestProjects(): { name: string; files: Record<string, string>; layout: Layout }[] {
  const kinds: { [name: string]: Layout } = {
    'architecture-only': { kind: 'architecture_only' },
    'training-for-arch': { kind: 'training_for_arch', training: 'training.py' },
    'hooks-in-training': { training: 'training.py' },
  };
  const names = readdirSync(join(HERE, 'honest')).sort();
  return names.map((name) => ({ name, files: sourcesOf(`honest/${name}`), layout: kinds[name] ?? {} }));
}

/** A project of one file that fulfils the contract, with `code` in it. */
export function withCode(code: string): Record<string, string> {
  return { 'model.py': `${HEAD}${code}\n${TAIL}` };
}

const HEAD = 'import torch\nfrom torch import nn\n';
const TAIL = `
class Net(nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.table = nn.Embedding(vocab, vocab)

    def forward(self, tokens):
        return self.table(tokens)


def build_model(ctx):
    return Net(ctx.vocab_size)


def get_recipe(ctx):
    return {"learning_rate": 1e-3}
`;

export const errorsOf = (result: ReviewResult): string[] =>
  result.findings.filter((one) => one.severity === 'error').map((one) => one.rule);
