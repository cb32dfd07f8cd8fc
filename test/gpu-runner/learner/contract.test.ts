import { afterAll, describe, expect, test } from '@jest/globals';
import { AB_WINDOWS, CONTEXT, errorOf, floats, Learners, tableProject } from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

const MODEL = 'from torch import nn\nimport torch\n';

/** A model of one parameter whose forward is `body`. */
function forward(body: string): string {
  return `${MODEL}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, tokens):
        ${body}


def build_model(ctx):
    return Net()
`;
}

async function built(source: string, context: object = CONTEXT) {
  const trainer = learners.learner('trainer');
  await trainer.project({ files: { 'model.py': source } });
  return { trainer, answer: await trainer.build('reference', context) };
}

describe('build', () => {
  test('says how many parameters there are, the recipe as plain values, and which hooks', async () => {
    const trainer = learners.learner('trainer');
    expect((await trainer.project(tableProject('def infer(model, batch, ctx): ...'))).header).toEqual({
      ok: true,
    });
    const { header } = await trainer.build('submission');
    expect(header).toEqual({
      ok: true,
      parameters: 65_536,
      recipe: { learning_rate: 0.1, batch_size: 64, optimizer: 'sgd', scheduler: 'none', weight_decay: 0 },
      hooksPresent: ['infer'],
    });
  });

  test('hands the context over as a PrismContext', async () => {
    const { answer } = await built(`${MODEL}
from prism_challenge.evaluator.interface import PrismContext

def build_model(ctx):
    assert isinstance(ctx, PrismContext)
    raise ValueError(f"{ctx.vocab_size} {ctx.sequence_length} {ctx.max_layers} {ctx.max_parameters} {ctx.seed} {ctx.steps}")
`);
    expect(errorOf(answer)).toBe('ValueError: 256 16 4 200000 7 10');
  });

  test.each([
    ['no build_model', MODEL, /ContractError: .*model\.py.*no function build_model/],
    [
      'no module',
      `${MODEL}def build_model(ctx): return torch.zeros(3)`,
      /must return a torch.nn.Module, not a torch.float32 tensor \[3\]/,
    ],
    [
      'no parameters',
      `${MODEL}def build_model(ctx): return nn.ReLU()`,
      /the model has 0 parameters; it must have between 1 and 200,000/,
    ],
    [
      'too many parameters',
      `${MODEL}def build_model(ctx): return nn.Linear(500, 500)`,
      /the model has 250,500 parameters/,
    ],
    ['a syntax error', 'def build_model(ctx:', /SyntaxError/],
    ['an exception', 'raise RuntimeError("at import")', /^RuntimeError: at import$/],
    ['SystemExit', 'raise SystemExit(3)', /^SystemExit: 3$/],
    ['KeyboardInterrupt', 'def build_model(ctx): raise KeyboardInterrupt', /^KeyboardInterrupt/],
    ['endless recursion', 'def build_model(ctx): return build_model(ctx)', /^RecursionError/],
  ])('%s is an answered error', async (_, source, expected) => {
    expect(errorOf((await built(source)).answer)).toMatch(expected);
  });

  test('messages and traces are bounded, and name the line of the file', async () => {
    const { answer } = await built(
      `def build_model(ctx):\n    raise ValueError("x" * 1_000_000 + "\\ud800")\n`,
    );
    const { error } = answer.header as { error: { message: string; trace: string } };
    expect(error.message.length).toBeLessThanOrEqual(2_000);
    expect(error.trace.length).toBeLessThanOrEqual(8_000);
    const { answer: short } = await built('def build_model(ctx):\n    raise ValueError("\\ud800")\n');
    const { error: bad } = short.header as { error: { message: string; trace: string } };
    expect(bad.message).toBe('?');
    expect(bad.trace).toContain('File "model.py", line 2, in build_model');
    expect(bad.trace).toContain('raise ValueError("\\ud800")');
  });

  test('lazy parameters are materialised, in trainer and predictor alike', async () => {
    const source = `${MODEL}
class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, 8)
        self.output = nn.LazyLinear(256)

    def forward(self, tokens):
        return self.output(self.embedding(tokens))


def build_model(ctx):
    return Lazy()
`;
    const { trainer, answer } = await built(source);
    expect(answer.header).toMatchObject({ ok: true, parameters: 256 * 8 + 8 * 256 + 256 });
    const predictor = learners.learner('predictor');
    await predictor.project({ files: { 'model.py': source } });
    await predictor.build();
    const first = await predictor.predict(['abc']);
    expect((await predictor.load(await trainer.snapshot())).header).toEqual({ ok: true });
    // Built alike: the trainer's untrained weights change nothing.
    expect((await predictor.predict(['abc'])).body).toEqual(first.body);
  });
});

describe('the shape of what a model returns', () => {
  test.each([
    ['[B, T, 256]', 'return torch.arange(256.0).expand(*tokens.shape, 256) * self.scale'],
    ['[B, 256]', 'return torch.arange(256.0).expand(len(tokens), 256) * self.scale'],
    ['a tuple', 'return torch.arange(256.0).expand(*tokens.shape, 256) * self.scale, None'],
    ['half precision', 'return (torch.arange(256.0) * self.scale).bfloat16().expand(*tokens.shape, 256)'],
    [
      'an object with .logits',
      'from types import SimpleNamespace as S; return S(logits=torch.arange(256.0).expand(*tokens.shape, 256) * self.scale)',
    ],
  ])('may be %s', async (_, body) => {
    const predictor = learners.learner('predictor');
    await predictor.project({ files: { 'model.py': forward(body) } });
    await predictor.build();
    const { header, body: logits } = await predictor.predict(['abc', 'def']);
    expect(header).toEqual({ ok: true });
    const row = Array.from({ length: 256 }, (_unused, index) => index);
    expect(floats(logits)).toEqual([...row, ...row]);
    const { trainer } = await built(forward(body));
    expect((await trainer.train(0, AB_WINDOWS)).header).toEqual({ ok: true, step: 0 });
  });

  test.each([
    [
      '255 logits',
      'return torch.zeros(*tokens.shape, 255)',
      /tokens \[2, 3\] returned a torch.float32 tensor \[2, 3, 255\]: it must be logits \[2, 3, 256\]/,
    ],
    ['a number', 'return 3', /returned a int: it must be/],
    ['nothing', 'pass', /returned a NoneType/],
  ])('%s are refused, in training and in prediction', async (_, body, expected) => {
    const predictor = learners.learner('predictor');
    await predictor.project({ files: { 'model.py': forward(body) } });
    await predictor.build();
    expect(errorOf(await predictor.predict(['abc', 'def']))).toMatch(expected);
    const { trainer } = await built(forward(body));
    expect(errorOf(await trainer.train(0, AB_WINDOWS))).toMatch(/^ContractError: model\(tokens\)/);
  });
});

describe('the host goes on', () => {
  test('after an exception in forward', async () => {
    const { trainer } = await built(forward('raise SystemExit("no")'));
    expect(errorOf(await trainer.train(0, AB_WINDOWS))).toBe('SystemExit: no');
    expect((await trainer.snapshot()).header).toMatchObject({ ok: true });
  });

  test('but not after the process is ended', async () => {
    const { answer } = await built('import os\nos._exit(3)');
    expect(answer.header).toEqual({ gone: true });
  });

  test('and refuses operations that are out of turn or of the other role', async () => {
    const trainer = learners.learner('trainer');
    expect(errorOf(await trainer.build())).toMatch(/build comes once, after project/);
    expect(errorOf(await trainer.snapshot())).toMatch(/snapshot comes after build/);
    expect(errorOf(await trainer.predict(['abc']))).toMatch(/unknown op/);
    await trainer.project(tableProject());
    expect(errorOf(await trainer.project(tableProject()))).toMatch(/a project is here already/);
    await trainer.build();
    expect(errorOf(await trainer.build())).toMatch(/build comes once/);
    expect(errorOf(await trainer.train(0, ['short']))).toMatch(/windows of 17 bytes/);
    expect(
      errorOf(await trainer.ask({ op: 'train', step: 0, batch: 2, length: 17 }, Buffer.alloc(5))),
    ).toMatch(/2 rows of 17 bytes announced, 5 bytes came/);
  });
});
