/** Small learners in Python, each for one way of behaving, for the judge on real containers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GPU_RUNNER } from '../../../../infra/sandbox/image-tag.ts';
import type { Project } from '../../../../services/evaluator/judge/run.ts';

export function pythonProject(source: string, recipe: Project['recipe'] = 'reference'): Project {
  const files = new Map([['model.py', Buffer.from(source)]]);
  return {
    architecture: { entrypoint: 'model.py', files },
    training: recipe === 'submission' ? { entrypoint: 'model.py', files } : null,
    sameRoot: recipe === 'submission',
    recipe,
  };
}

export const reference = pythonProject(readFileSync(join(GPU_RUNNER, 'reference/bigram/model.py'), 'utf8'));

/** A bigram table whose `forward` starts with the given lines; `self.calls` counts them, `self.training` tells trainer from predictor. */
function bigramThat(lines: string, attributes = ''): string {
  const indented = (text: string) => text.trim().split('\n').join('\n        ');
  return `
import os, time, torch
from torch import nn

class Bigram(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(256, 256)
        nn.init.zeros_(self.table.weight)
        self.calls = 0
        ${indented(attributes)}

    def forward(self, tokens):
        self.calls += 1
        ${indented(lines)}
        return self.table(tokens)

def build_model(ctx):
    return Bigram()
`;
}

/** Predicts each byte from the byte itself, where it is there to be seen: the training loss goes to 0. */
export const peeking = bigramThat(`
ahead = torch.cat([tokens[:, 1:], torch.zeros_like(tokens[:, :1])], dim=1)
return 20.0 * nn.functional.one_hot(ahead, 256).float() + 0.0 * self.table(tokens)
`);

/** Counts pairs of bytes in a Python list while it trains, and predicts from it: a good model that is in no tensor. */
export const countingOutsideTensors = bigramThat(
  `
if self.training:
    for row in tokens.tolist():
        for a, b in zip(row, row[1:]):
            self.counts[a][b] += 1
return torch.tensor(self.counts).float().log()[tokens] + 0.0 * self.table(tokens)
`,
  'self.counts = [[0.1] * 256 for _ in range(256)]',
);

/** Says that it is perfect: patches the loss, prints figures. */
export const boasting = bigramThat(`
import torch.nn.functional as functional
functional.cross_entropy = lambda logits, *rest, **more: (logits * 0).sum()
print('{"loss": 0.0, "bits_per_byte": 0.0}', flush=True)
`);

const ENDINGS = {
  raises: ['if self.training and self.calls == 5: raise ValueError("cannot go on")'],
  exits: ['if self.training and self.calls == 5: os._exit(3)'],
  predictorExits: ['if not self.training: os._exit(3)'],
  hangs: ['if self.training and self.calls == 5: time.sleep(600)'],
  nanWeights: ['if self.training and self.calls == 5: self.table.weight.data[0, 0] = float("nan")'],
  nanLogits: ['if not self.training: return self.table(tokens) * float("nan")'],
  largeState: ['pass', 'self.register_buffer("ballast", torch.zeros(1_500_000))'],
  eatsMemory: [
    'if self.training and self.calls == 5: hoard = [bytearray(os.urandom(1 << 20)) for _ in range(4096)]',
  ],
  wrongShape: ['if not self.training: return self.table(tokens)[:, :, :255]'],
  talksToTheJudge: [
    `
if self.training and self.calls == 5:
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.readlink("/proc/self/fd/" + name).startswith("socket:"):
                os.write(int(name), b"this is no frame, and far too long for one" * 100)
        except OSError:
            pass
`,
  ],
} as const;

export type Misbehaviour = keyof typeof ENDINGS;

export function thatEnds(how: Misbehaviour): Project {
  const [lines, attributes] = ENDINGS[how];
  return pythonProject(bigramThat(lines, attributes));
}

/** Its own recipe, with hooks. */
export const withRecipe = `${bigramThat('pass')}
def get_recipe(ctx):
    return {"learning_rate": 0.05, "batch_size": 4, "optimizer": "sgd", "scheduler": "none", "weight_decay": 0.0}

def train_step(model, batch, optimizer, ctx):
    optimizer.zero_grad()
    logits = model(batch.tokens)
    nn.functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten()).backward()
    optimizer.step()
`;
