import { afterAll, describe, expect, test } from '@jest/globals';
import { errorOf, Learners, type TestProject, tableProject } from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

/** What `says` raises from the given entrypoint after its imports; the architecture is a table elsewhere. */
async function said(files: { [path: string]: string }, entrypoint = 'model.py'): Promise<string> {
  const trainer = learners.learner('trainer');
  await trainer.project({ files, entrypoint });
  return errorOf(await trainer.build());
}

const SAY = 'def build_model(ctx): raise ValueError(f"{WORD}")';

describe('imports of a project', () => {
  test.each<[string, { [path: string]: string }, string]>([
    ['a sibling', { 'model.py': `from words import WORD\n${SAY}`, 'words.py': 'WORD = 1' }, 'model.py'],
    [
      'a sibling as a module',
      { 'model.py': `import words\nWORD = words.WORD\n${SAY}`, 'words.py': 'WORD = 1' },
      'model.py',
    ],
    [
      'a relative sibling',
      { 'model.py': `from .words import WORD\n${SAY}`, 'words.py': 'WORD = 1' },
      'model.py',
    ],
    [
      'from . import',
      { 'model.py': `from . import words\nWORD = words.WORD\n${SAY}`, 'words.py': 'WORD = 1' },
      'model.py',
    ],
    [
      'a package',
      { 'model.py': `from lib.words import WORD\n${SAY}`, 'lib/words.py': 'WORD = 1' },
      'model.py',
    ],
    [
      'a dotted module',
      { 'model.py': `import lib.words\nWORD = lib.words.WORD\n${SAY}`, 'lib/words.py': 'WORD = 1' },
      'model.py',
    ],
    [
      'what a package re-exports',
      {
        'model.py': `from lib import WORD\n${SAY}`,
        'lib/__init__.py': 'from .words import WORD',
        'lib/words.py': 'WORD = 1',
      },
      'model.py',
    ],
    [
      'a sibling in a folder',
      { 'net/model.py': `import words\nWORD = words.WORD\n${SAY}`, 'net/words.py': 'WORD = 1' },
      'net/model.py',
    ],
    [
      'by the path from the root',
      { 'net/model.py': `from net.words import WORD\n${SAY}`, 'net/words.py': 'WORD = 1' },
      'net/model.py',
    ],
    [
      'a folder above',
      { 'net/model.py': `from ..words import WORD\n${SAY}`, 'words.py': 'WORD = 1' },
      'net/model.py',
    ],
    [
      'a folder with a dot',
      { 'v1.2/model.py': `from .words import WORD\n${SAY}`, 'v1.2/words.py': 'WORD = 1' },
      'v1.2/model.py',
    ],
    [
      'inside a function',
      {
        'model.py': 'def build_model(ctx):\n    import words\n    raise ValueError(words.WORD)',
        'words.py': 'WORD = 1',
      },
      'model.py',
    ],
    [
      'from the entrypoint',
      {
        'model.py': `WORD = 1\nimport words\n${SAY.replace('WORD', 'words.again()')}`,
        'words.py': 'def again():\n    from model import WORD\n    return WORD',
      },
      'model.py',
    ],
  ])('%s', async (_, files, entrypoint) => {
    expect(await said(files, entrypoint)).toBe('ValueError: 1');
  });

  test('dataclasses and the standard library work as ever', async () => {
    const files = {
      'model.py':
        'from config import Config\nimport math\ndef build_model(ctx): raise ValueError(f"{Config(width=2)} {math.pi:.2f}")',
      'config.py':
        'from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass Config:\n    width: int = 1\n',
    };
    expect(await said(files)).toBe('ValueError: Config(width=2) 3.14');
  });

  test('what is missing is said by its name', async () => {
    expect(await said({ 'model.py': 'import absent' })).toBe("ModuleNotFoundError: No module named 'absent'");
    expect(await said({ 'model.py': 'from .absent import x' })).toMatch(/^ModuleNotFoundError: .*absent/);
    expect(await said({ 'model.py': 'from words import y', 'words.py': '' })).toMatch(
      /^ImportError: cannot import name 'y'/,
    );
    expect(await said({ 'other.py': '' })).toMatch(/build comes once, after project/);
  });

  test('an entrypoint that is not there is refused at once', async () => {
    const trainer = learners.learner('trainer');
    expect(errorOf(await trainer.project({ files: { 'other.py': '' } }))).toBe(
      "ProjectError: entrypoint 'model.py' is not among the files of the project",
    );
  });
});

describe('two roots', () => {
  const architecture = tableProject('', {}).files['model.py'];
  const project: TestProject = {
    files: {
      'model.py': `import layers\nassert layers.OWNER == "architecture"\n${architecture}`,
      'layers.py': 'OWNER = "architecture"',
    },
    training: {
      'recipe.py': `
import layers
import model
from .layers import OWNER

def get_recipe(ctx):
    return {"learning_rate": {"architecture": 1.0, "training": 2.0}[OWNER]}

def train_step(model_, batch, optimizer, ctx):
    import layers as again
    raise ValueError(f"{OWNER} {again.OWNER} {again is layers} {model.NAME}")
`,
      'layers.py': 'OWNER = "training"',
      'model.py': 'NAME = "the recipe\'s own model.py"',
    },
  };

  test('with modules of equal names do not meet', async () => {
    const trainer = learners.learner('trainer');
    await trainer.project(project);
    expect((await trainer.build('submission')).header).toMatchObject({
      ok: true,
      recipe: { learning_rate: 2 },
    });
    const answer = await trainer.train(0, ['ab'.repeat(8).concat('a')]);
    expect(errorOf(answer)).toBe("ValueError: training training True the recipe's own model.py");
  });

  test("cannot import each other's modules", async () => {
    const trainer = learners.learner('trainer');
    await trainer.project({
      files: { 'model.py': `${architecture}`, 'blocks.py': '' },
      training: { 'recipe.py': 'import blocks' },
    });
    expect(errorOf(await trainer.build('submission'))).toBe("ModuleNotFoundError: No module named 'blocks'");
  });

  test('as one project share their modules', async () => {
    const trainer = learners.learner('trainer');
    const recipe = `
import model
from shared import COUNTER

def get_recipe(ctx):
    raise ValueError(f"{len(COUNTER)} {type(model.build_model(ctx)) is model.Table}")
`;
    const counting = `from shared import COUNTER\nCOUNTER.append(1)\n${architecture}`;
    await trainer.project({
      files: { 'model.py': counting, 'shared.py': 'COUNTER = []', 'recipe.py': recipe },
      trainingEntrypoint: 'recipe.py',
    });
    expect(errorOf(await trainer.build('submission'))).toBe('ValueError: 1 True');
  });
});
