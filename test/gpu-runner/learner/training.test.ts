import { afterAll, describe, expect, test } from '@jest/globals';
import {
  AB_WINDOWS,
  type Answer,
  CONTEXT,
  errorOf,
  floats,
  type Learner,
  Learners,
  type TestProject,
  tableProject,
} from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

const A = 97;
const B = 98;

async function trainer(
  project: TestProject,
  recipe: 'reference' | 'submission' = 'submission',
  context: object = CONTEXT,
): Promise<Learner> {
  const learner = learners.learner('trainer');
  await learner.project(project);
  expect((await learner.build(recipe, context)).header).toMatchObject({ ok: true });
  return learner;
}

/** Weight [row, column] of the table model. */
function cell(snapshot: Answer, row: number, column: number): number {
  return snapshot.body.readFloatLE(4 * (256 * row + column));
}

/** After one training step: how far the logit of `b` after `a` is above that of any byte that did not follow. */
async function learned(learner: Learner, windows: readonly string[] = AB_WINDOWS): Promise<number> {
  expect((await learner.train(0, windows)).header).toEqual({ ok: true, step: 0 });
  const snapshot = await learner.snapshot();
  return cell(snapshot, A, B) - cell(snapshot, A, 0);
}

const counting = (name: string, signature: string, code: string) => `
calls = {"n": 0}

def ${name}(${signature}):
    calls["n"] += 1
    ${code}
`;

describe('the reference recipe', () => {
  test('learns what follows what, step by step', async () => {
    const learner = await trainer(tableProject(), 'reference');
    for (let step = 0; step < 40; step += 1) await learner.train(step, AB_WINDOWS);
    const snapshot = await learner.snapshot();
    expect(snapshot.header.hooksUsed).toEqual([]);
    expect(cell(snapshot, A, B)).toBeGreaterThan(cell(snapshot, A, A) + 0.1);
    expect(cell(snapshot, B, A)).toBeGreaterThan(cell(snapshot, B, B) + 0.1);
    // Rows of bytes that were never read have only decayed.
    expect(cell(snapshot, 0, 0)).toBe(0);
  });

  test('warms up: the first step is a twentieth of the twentieth', async () => {
    const moved = async (step: number) => {
      const learner = await trainer(tableProject(), 'reference');
      await learner.train(step, AB_WINDOWS);
      return cell(await learner.snapshot(), A, B);
    };
    const [first, twentieth, later] = [await moved(0), await moved(19), await moved(200)];
    expect(twentieth / first).toBeCloseTo(20, 3);
    expect(later).toBe(twentieth);
  });

  test('calls no hook and imports no training entrypoint', async () => {
    const hooks = `
def configure_optimizer(model, recipe, ctx): raise RuntimeError("called")
def compute_loss(model, batch, ctx): raise RuntimeError("called")
def train_step(model, batch, optimizer, ctx): raise RuntimeError("called")
def inference_logits(model, batch, ctx): raise RuntimeError("called")
def get_recipe(ctx): raise RuntimeError("called")
`;
    const project = {
      ...tableProject(hooks, { 'recipe.py': 'raise RuntimeError("imported")' }),
      trainingEntrypoint: 'recipe.py',
    };
    const learner = await trainer(project, 'reference');
    expect(await learned(learner)).toBeGreaterThan(0);
    const predictor = learners.learner('predictor');
    await predictor.project(project);
    expect((await predictor.build('submission')).header).toMatchObject({ ok: true, recipe: null });
    expect((await predictor.load(await learner.snapshot())).header).toEqual({ ok: true });
    expect(floats((await predictor.predict(['a'])).body)).toHaveLength(256);
  });
});

describe('a submitted recipe', () => {
  const recipe = (returned: string) => tableProject(`def get_recipe(ctx): return ${returned}`);

  test('may be a dict, or a TrainingRecipe: the same numbers, the same model', async () => {
    const values = 'learning_rate=0.5, optimizer="sgd", scheduler="constant", weight_decay=0.0, batch_size=2';
    const asDict = await trainer(recipe(`dict(${values})`));
    const asRecipe = await trainer(
      tableProject(
        `from prism_challenge.evaluator.interface import TrainingRecipe\ndef get_recipe(ctx): return TrainingRecipe(${values})`,
      ),
    );
    expect(await learned(asDict)).toBeGreaterThan(0);
    await learned(asRecipe);
    expect((await asRecipe.snapshot()).body).toEqual((await asDict.snapshot()).body);
  });

  test('reads a word that it does not know as adamw and as a constant schedule', async () => {
    const [known, own] = [
      await trainer(recipe('{"optimizer": "adamw", "scheduler": "constant"}')),
      await trainer(recipe('{"optimizer": "lion", "scheduler": "linear"}')),
    ];
    await learned(known);
    await learned(own);
    expect((await own.snapshot()).body).toEqual((await known.snapshot()).body);
  });

  test.each(['adamw', 'adam', 'sgd', 'AdamW'])('knows the optimizer %s', async (name) => {
    expect(
      await learned(await trainer(recipe(`{"optimizer": "${name}", "learning_rate": 0.01}`))),
    ).toBeGreaterThan(0);
  });

  test.each([
    ['{"optimizer": 7}', /optimizer must be a word such as adamw, adam, sgd, not 7/],
    ['{"scheduler": ["linear"]}', /scheduler must be a word such as cosine, constant, none, not/],
    ['{"learning_rate": float("nan")}', /learning_rate must be a finite number of at least 0, not nan/],
    ['{"weight_decay": "small"}', /weight_decay must be a finite number/],
    ['{"batch_size": 0}', /batch_size must be a whole number of at least 1, not 0/],
    ['{"batch_size": 2.5}', /batch_size must be a whole number/],
    ['{"learning_rat": 1.0}', /unknown keys \['learning_rat'\]: it may have learning_rate, batch_size/],
    ['None', /must return a TrainingRecipe or a dict, not NoneType/],
  ])('%s is refused', async (returned, expected) => {
    const learner = learners.learner('trainer');
    await learner.project(recipe(returned));
    expect(errorOf(await learner.build('submission'))).toMatch(expected);
  });

  test('is asked for where it is missing', async () => {
    const learner = learners.learner('trainer');
    await learner.project({ files: tableProject().files, training: { 'recipe.py': 'x = 1' } });
    expect(errorOf(await learner.build('submission'))).toMatch(
      /training entrypoint \(recipe\.py\) has no function get_recipe/,
    );
  });

  test('cosine falls to nothing over the planned steps, constant does not', async () => {
    const last = async (scheduler: string) => {
      const learner = await trainer(
        recipe(
          `{"optimizer": "sgd", "learning_rate": 0.5, "scheduler": "${scheduler}", "weight_decay": 0.0}`,
        ),
      );
      await learner.train(CONTEXT.steps - 1, AB_WINDOWS);
      return cell(await learner.snapshot(), A, B);
    };
    const ratio = (await last('cosine')) / (await last('constant'));
    expect(ratio).toBeCloseTo(0.5 * (1 + Math.cos((Math.PI * (CONTEXT.steps - 1)) / CONTEXT.steps)), 2);
  });
});

describe("the recipe's batch size", () => {
  const windows = Array.from({ length: 5 }, () => 'ab'.repeat(8).concat('a'));
  const code = (batchSize: number) => `
seen = []

def get_recipe(ctx): return {"batch_size": ${batchSize}}

def train_step(model, batch, optimizer, ctx):
    seen.append(tuple(batch.tokens.shape))
    if len(seen) == 9: raise ValueError(str(seen))
`;

  test.each([
    [2, '[(2, 16), (2, 16), (1, 16), (2, 16), (2, 16), (1, 16), (2, 16), (2, 16), (1, 16)]', 3],
    [100, `[${Array.from({ length: 9 }, () => '(5, 16)').join(', ')}]`, 9],
  ])('of %d slices a batch of 5 windows', async (batchSize, expected, steps) => {
    const learner = await trainer(tableProject(code(batchSize)));
    for (let step = 0; step < steps - 1; step += 1) await learner.train(step, windows);
    expect(errorOf(await learner.train(steps - 1, windows))).toBe(`ValueError: ${expected}`);
  });
});

describe('hooks', () => {
  test.each([
    [
      'configure_optimizer',
      'model, recipe, ctx',
      'return torch.optim.SGD(model.parameters(), lr=recipe.learning_rate)',
    ],
    [
      'compute_loss',
      'model, batch, ctx',
      'return nn.functional.cross_entropy(model(batch.tokens).flatten(0, 1), batch.targets.flatten())',
    ],
    [
      'train_step',
      'model, batch, optimizer, ctx',
      'nn.functional.cross_entropy(model(batch.tokens).flatten(0, 1), batch.targets.flatten()).backward(); optimizer.step(); optimizer.zero_grad()',
    ],
  ])('%s is found in either entrypoint, used and reported', async (name, signature, code) => {
    const hook = counting(name, signature, code);
    const recipe = 'import torch\nfrom torch import nn\ndef get_recipe(ctx): return {"learning_rate": 0.1}\n';
    const projects: TestProject[] = [
      tableProject(hook),
      { ...tableProject('', { 'recipe.py': recipe + hook }), trainingEntrypoint: 'recipe.py' },
      { ...tableProject(hook, { 'recipe.py': recipe }), trainingEntrypoint: 'recipe.py' },
      { files: tableProject().files, training: { 'recipe.py': recipe + hook } },
    ];
    for (const project of projects) {
      const learner = learners.learner('trainer');
      await learner.project(project);
      expect((await learner.build('submission')).header.hooksPresent).toEqual([name]);
      expect(await learned(learner)).toBeGreaterThan(0);
      expect((await learner.snapshot()).header.hooksUsed).toEqual([name]);
    }
  });

  test('of the training entrypoint win over those of the architecture', async () => {
    const recipe = `
def get_recipe(ctx): return {}
def train_step(model, batch, optimizer, ctx): pass
`;
    const hook = 'def train_step(model, batch, optimizer, ctx): raise RuntimeError("the other one")';
    const learner = await trainer({
      ...tableProject(hook, { 'recipe.py': recipe }),
      trainingEntrypoint: 'recipe.py',
    });
    expect(await learned(learner)).toBe(0);
  });

  test("of another's architecture have no say in a recipe", async () => {
    const hook = 'def train_step(model, batch, optimizer, ctx): raise RuntimeError("sabotage")';
    const recipe = 'def get_recipe(ctx): return {"learning_rate": 0.1}';
    const learner = await trainer({ files: tableProject(hook).files, training: { 'recipe.py': recipe } });
    expect(await learned(learner)).toBeGreaterThan(0);
    expect((await learner.snapshot()).header.hooksUsed).toEqual([]);
  });

  test('inference_logits and infer are named, never called', async () => {
    const hooks = `
def inference_logits(model, batch, ctx): raise RuntimeError("called")
def infer(model, batch, ctx): raise RuntimeError("called")
`;
    const predictor = learners.learner('predictor');
    await predictor.project(tableProject(hooks));
    expect((await predictor.build()).header.hooksPresent).toEqual(['inference_logits', 'infer']);
    expect((await predictor.predict(['abc'])).header).toEqual({ ok: true });
  });

  test('get a PrismBatch of inputs and the bytes that follow them', async () => {
    const learner = await trainer(
      tableProject(`
def train_step(model, batch, optimizer, ctx):
    assert type(batch).__name__ == "PrismBatch" and batch.metadata == {} and model.training and batch.targets.is_contiguous()
    raise ValueError(f"{batch.tokens.dtype} {batch.tokens[0, :3].tolist()} {batch.targets[0, :3].tolist()} {list(batch.targets.shape)}")
`),
    );
    expect(errorOf(await learner.train(0, AB_WINDOWS))).toBe(
      'ValueError: torch.int64 [97, 98, 97] [98, 97, 98] [2, 16]',
    );
  });

  test.each([
    [
      'def compute_loss(model, batch, ctx): return 0.0',
      /compute_loss must return a tensor with one element, not a float/,
    ],
    ['def compute_loss(model, batch, ctx): return torch.zeros(3)', /not a torch.float32 tensor \[3\]/],
  ])('that return something else are told so: %s', async (code, expected) => {
    expect(errorOf(await (await trainer(tableProject(code))).train(0, AB_WINDOWS))).toMatch(expected);
  });

  test('configure_optimizer must return an optimizer', async () => {
    const learner = learners.learner('trainer');
    await learner.project(tableProject('def configure_optimizer(model, recipe, ctx): return None'));
    expect(errorOf(await learner.build('submission'))).toMatch(
      /must return an optimizer, a NoneType has no step/,
    );
  });

  test("the schedule moves the learning rates of a miner's optimizer, but not under a miner's train_step", async () => {
    const optimizer = `
def get_recipe(ctx): return {"scheduler": "cosine"}
def configure_optimizer(model, recipe, ctx): return torch.optim.SGD(model.parameters(), lr=4.0)
`;
    const rate = async (code: string) => {
      const learner = await trainer(tableProject(optimizer + code));
      return errorOf(await learner.train(CONTEXT.steps / 2, AB_WINDOWS));
    };
    const hookOnly = await rate(`
class Watched(torch.optim.SGD):
    def step(self): raise ValueError(str(self.param_groups[0]["lr"]))
def configure_optimizer(model, recipe, ctx): return Watched(model.parameters(), lr=4.0)
`);
    expect(hookOnly).toBe('ValueError: 2.0');
    const ownStep = await rate(
      'def train_step(model, batch, optimizer, ctx): raise ValueError(str(optimizer.param_groups[0]["lr"]))',
    );
    expect(ownStep).toBe('ValueError: 4.0');
  });
});
