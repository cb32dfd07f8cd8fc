import { afterAll, describe, expect, test } from '@jest/globals';
import { AB_WINDOWS, errorOf, Learners, type TestProject, tableProject } from './learners.ts';

const learners = new Learners();
afterAll(() => learners.close());

function project(init: string): TestProject {
  return {
    files: {
      'model.py': `import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, 4)
${init.replaceAll(/^/gm, '        ')}

    def forward(self, tokens):
        x = self.embedding(tokens)
        return x.mean(-1, keepdim=True).expand(*tokens.shape, 256)


def build_model(ctx):
    return Net()
`,
    },
  };
}

async function built(role: 'trainer' | 'predictor', what: TestProject) {
  const learner = learners.learner(role);
  await learner.project(what);
  expect((await learner.build()).header).toMatchObject({ ok: true });
  return learner;
}

const EVERY_TYPE = `
self.register_buffer("a64", torch.tensor([1.5], dtype=torch.float64))
self.register_buffer("b16", torch.tensor([1.5, -2.0], dtype=torch.float16))
self.register_buffer("c16", torch.tensor([1.0], dtype=torch.bfloat16))
self.register_buffer("d64", torch.tensor(-2))
self.register_buffer("e32", torch.tensor([3], dtype=torch.int32))
self.register_buffer("f8", torch.tensor([[1, 2], [3, 4]], dtype=torch.uint8).t())
self.register_buffer("g", torch.tensor([True, False]))
self.register_buffer("h", torch.zeros(0, 3))
self.register_buffer("lost", torch.ones(5), persistent=False)
`;

describe('snapshot', () => {
  test('is parameters and persistent buffers by name, each as its little-endian bytes', async () => {
    const { header, body } = await (await built('trainer', project(EVERY_TYPE))).snapshot();
    expect(header.tensors).toEqual([
      { name: 'a64', dtype: 'float64', shape: [1] },
      { name: 'b16', dtype: 'float16', shape: [2] },
      { name: 'c16', dtype: 'bfloat16', shape: [1] },
      { name: 'd64', dtype: 'int64', shape: [] },
      { name: 'e32', dtype: 'int32', shape: [1] },
      { name: 'embedding.weight', dtype: 'float32', shape: [256, 4] },
      { name: 'f8', dtype: 'uint8', shape: [2, 2] },
      { name: 'g', dtype: 'bool', shape: [2] },
      { name: 'h', dtype: 'float32', shape: [0, 3] },
    ]);
    expect(body.length).toBe(8 + 4 + 2 + 8 + 4 + 4096 + 4 + 2);
    expect(body.subarray(0, 26).toString('hex')).toBe('000000000000f83f003e00c0803ffeffffffffffffff03000000');
    expect(body.subarray(-6).toString('hex')).toBe('010302040100');
  });

  test('has tied weights once, and they stay tied where they are loaded', async () => {
    const tied = project(
      'self.head = nn.Linear(4, 256, bias=False)\nself.head.weight = self.embedding.weight',
    );
    const trainer = await built('trainer', tied);
    await trainer.train(0, AB_WINDOWS);
    const snapshot = await trainer.snapshot();
    expect(snapshot.header.tensors).toEqual([
      { name: 'embedding.weight', dtype: 'float32', shape: [256, 4] },
    ]);
    expect((await (await built('predictor', tied)).load(snapshot)).header).toEqual({ ok: true });
  });

  test.each([
    [
      'self.register_buffer("z", torch.zeros(2, dtype=torch.complex64))',
      /tensor 'z' has type torch.complex64: use one of float32/,
    ],
    ['self.register_buffer("z", torch.eye(2).to_sparse())', /tensor 'z' is torch.sparse_coo/],
    [
      'self.get_extra_state = lambda: 3\ntype(self).get_extra_state = lambda self: 3',
      /state '_extra_state' is a int: only tensors/,
    ],
  ])('refuses what is no plain tensor: %s', async (init, expected) => {
    expect(errorOf(await (await built('trainer', project(init))).snapshot())).toMatch(expected);
  });
});

describe('load', () => {
  test('brings every type over bit for bit', async () => {
    const trainer = await built('trainer', project(EVERY_TYPE));
    const snapshot = await trainer.snapshot();
    const changed = { ...snapshot, body: Buffer.from(snapshot.body).fill(0x3e) };
    const predictor = await built('predictor', project(EVERY_TYPE));
    expect((await predictor.load(changed)).header).toEqual({ ok: true });
    // 0x3e3e3e3e as a float32 in every weight: so is their mean.
    expect((await predictor.predict(['a'])).body.readUInt32LE(0)).toBe(0x3e3e3e3e);
  });

  test('makes the predictor answer as the trained model does', async () => {
    const trainer = await built('trainer', tableProject());
    const predictor = await built('predictor', tableProject());
    for (let step = 0; step < 30; step += 1) await trainer.train(step, AB_WINDOWS);
    const snapshot = await trainer.snapshot();
    await predictor.load(snapshot);
    const { body } = await predictor.predict(['xa']);
    expect(body).toEqual(snapshot.body.subarray(97 * 1024, 98 * 1024));
  });

  test('refuses what does not fit the model exactly', async () => {
    const trainer = await built('trainer', tableProject());
    const { header, body } = await trainer.snapshot();
    const predictor = await built('predictor', tableProject());
    const load = async (tensors: unknown, bytes = body) =>
      errorOf(await predictor.ask({ op: 'load', tensors }, bytes));
    const [tensor] = header.tensors as { name: string; dtype: string; shape: number[] }[];
    expect(await load([])).toMatch(/missing \['table.weight'\]/);
    expect(await load([tensor, { ...tensor, name: 'other' }])).toMatch(/unknown \['other'\]/);
    expect(await load([tensor, tensor])).toMatch(/came twice/);
    expect(await load([{ ...tensor, dtype: 'int32' }])).toMatch(/the model built here has/);
    expect(await load([{ ...tensor, shape: [65_536] }])).toMatch(/the model built here has/);
    expect(await load([tensor], body.subarray(1))).toMatch(/ends at byte 262144, but only 262143 came/);
    expect(await load([tensor], Buffer.concat([body, Buffer.alloc(1)]))).toMatch(
      /1 bytes came after the last tensor/,
    );
    expect((await predictor.load({ header, body })).header).toEqual({ ok: true });
  });
});
