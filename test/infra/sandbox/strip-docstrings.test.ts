/** The script that takes the prose out of the images, on files, and what it leaves in the runner's image, where torch must still work. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openDockerSandbox } from '../../../infra/sandbox/docker/index.ts';
import { GPU_RUNNER } from '../../../infra/sandbox/image-tag.ts';

const SCRIPT = join(GPU_RUNNER, 'images/strip_docstrings.py');
const folder = mkdtempSync(join(tmpdir(), 'prism-strip-'));
afterAll(() => rmSync(folder, { recursive: true }));

function python(...programArguments: string[]): string {
  const { status, stdout, stderr } = spawnSync('python3', programArguments, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
  return stdout + stderr;
}

test('comments and documentation go, all else stays as it was', () => {
  const root = mkdtempSync(join(folder, 'package-'));
  mkdirSync(join(root, '__pycache__'));
  writeFileSync(join(root, '__pycache__/old.pyc'), 'prose');
  writeFileSync(join(root, 'stub.pyi'), 'prose');
  writeFileSync(join(root, 'METADATA'), 'Name: x\nVersion: 1\n\nProse.\n');
  writeFileSync(join(root, 'broken.py'), 'print "prose"');
  writeFileSync(
    join(root, 'module.py'),
    Buffer.from(
      `# -*- coding: latin-1 -*-
"""Prose é."""
from x import y  # prose
def f(a):
    # type: (int) -> int
    """Prose
    of two lines."""
    return a, "kept: # text é", f'{a} # kept'
f.__doc__ = """Prose %s.""" % f
g.__doc__ = f.__doc__
add_newdoc("module", "name", [("T", """More
prose""")])
add_docstr(f, r"""Prose {b}""".format(b=1) + f"and {y} more")
class A: "prose"
`,
      'latin1',
    ),
  );
  expect(python(SCRIPT, root)).toContain('left as it is: ');
  expect(readFileSync(join(root, 'module.py'), 'utf8').trim().split('\n')).toEqual([
    "''",
    'from x import y  ',
    'def f(a):',
    '    # type: (int) -> int',
    "    ''",
    '    return a, "kept: # text é", f\'{a} # kept\'',
    "f.__doc__ = ''",
    'g.__doc__ = f.__doc__',
    `add_newdoc("module", "name", [("T", '${' '.repeat(32)}')])`,
    `add_docstr(f, '${' '.repeat(32)}')`,
    "class A: ''",
  ]);
  expect(readFileSync(join(root, 'broken.py'), 'utf8')).toBe('print "prose"');
  expect(readFileSync(join(root, 'METADATA'), 'utf8')).toBe('Name: x\nVersion: 1\n');
  for (const gone of ['stub.pyi', '__pycache__/old.pyc']) expect(existsSync(join(root, gone))).toBe(false);
});

test('the programs of the standard library stay the same programs', () => {
  const compare = `
import ast, json, pathlib, sys
sys.path.insert(0, ${JSON.stringify(join(GPU_RUNNER, 'images'))})
import strip_docstrings
compared = 0
for path in pathlib.Path(json.__file__).parents[1].glob('[a-d]*.py'):
    source = path.read_bytes()
    if b'__doc__ =' in source: continue
    before, after = ast.parse(source), ast.parse(strip_docstrings.stripped(source))
    for node in ast.walk(before):
        if isinstance(node, ast.Expr) and strip_docstrings.is_text(node.value):
            node.value.value, node.value.kind = '', None
    assert ast.dump(before) == ast.dump(after), path
    compared += 1
print(compared)`;
  expect(Number(python('-c', compare))).toBeGreaterThan(20);
});

test('the runner has torch without its manual, and torch trains', async () => {
  const look = `
import inspect, random, torch
from prism_host.serve import serve
documented = [f'{module.__name__}.{name}' for module in (torch, torch.nn, torch.nn.functional, torch.optim, random)
  for name, value in vars(module).items()
  if (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__.split('.')[0] in ('torch', 'random')
  and type(value).__name__ != 'pybind11_type' # compiled in
  and isinstance(value.__doc__, str) and len(value.__doc__) > 200]
def documentation(owner):
    for name in dir(owner):
        value = getattr(owner, name)
        try:
            yield f'{owner.__name__}.{name}', getattr(value, '__doc__', None) if inspect.isroutine(value) else None
        except UnicodeDecodeError as error: # raised by reading it
            yield f'{owner.__name__}.{name}', f'{error}' * 10
# Torch gives its compiled functions their documentation while it is imported; what is shorter is compiled in.
attached = [f'{name}: {text}' for owner in (torch, torch.Tensor, torch.nn.functional, torch.linalg, torch.fft, torch.special)
  for name, text in documentation(owner) if text is not None and len(text.strip()) > 400]
blank = sum(text == ' ' * 32 for _, text in documentation(torch))
def look(header, body):
    torch.manual_seed(0)
    model, x = torch.nn.Linear(4, 1), torch.randn(64, 4)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    losses = []
    for _ in range(20):
        loss = torch.nn.functional.mse_loss(model(x), x.sum(1, keepdim=True))
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        losses.append(loss.item())
    scripted = torch.jit.script(torch.nn.functional.relu)
    return {'learned': losses[-1] < losses[0] / 2, 'scripted': float(scripted(torch.tensor(-1.))),
            'documented': documented, 'attached': attached, 'blank': blank, 'sum': str(torch.sum.__doc__)[:100]}, b''
serve({'look': look})`;
  const session = await openDockerSandbox({ entrypoint: ['python3', '-c', look] }).open({
    image: 'runner',
    role: 'trainer',
    labels: { 'prism.test': 'stripped' },
    limits: { memoryBytes: 1 << 30, cpus: 1, pids: 64, tmpBytes: 1 << 20, wallMs: 180_000 },
  });
  try {
    const { header } = await session.request(
      { header: { op: 'look' }, body: Buffer.alloc(0) },
      { timeoutMs: 100_000, maxBytes: 1 << 20 },
    );
    expect(header).toEqual({
      learned: true,
      scripted: 0,
      documented: [],
      attached: [],
      blank: expect.any(Number),
      sum: ' '.repeat(32),
    });
    expect(header.blank).toBeGreaterThan(300);
  } finally {
    await session.close();
  }
}, 180_000);
