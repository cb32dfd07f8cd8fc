/** Small projects as ZIPs, made by code: they pass review, and learn something in eight steps. */
import { zipSync } from 'fflate';

export type Files = { readonly [path: string]: string };

export function zipOf(files: Files): Buffer {
  const bytes = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(bytes), { mtime: new Date(1980, 0, 1) }));
}

const RECIPE = `
def get_recipe(ctx):
    return TrainingRecipe(learning_rate=LEARNING_RATE, batch_size=8, optimizer="adam", scheduler="none", weight_decay=0.0)
`;

/** How often each byte comes, nothing else; logits are scaled so that a few small steps go far. */
export const FREQUENCIES = `from torch import nn
import torch


class Frequencies(nn.Module):
    def __init__(self, vocab_size):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.table = nn.Embedding(vocab_size, 4)
        self.output = nn.Linear(4, vocab_size, bias=False)

    def forward(self, tokens):
        seen = self.table(tokens)
        weak = 0.01 * self.output(seen)
        return 300.0 * self.bias + weak


def build_model(ctx):
    return Frequencies(ctx.vocab_size)
`;

/** The same idea written by somebody else: too alike for a rule to decide. */
export const NEARLY_FREQUENCIES = FREQUENCIES.replace('weak = 0.01', 'weak = 0.02');

/** Averages what it has read so far. */
export const AVERAGES = `import torch
from torch import nn
from prism_challenge.evaluator.interface import TrainingRecipe


class Averages(nn.Module):
    def __init__(self, vocab_size, width):
        super().__init__()
        self.read = nn.Embedding(vocab_size, width)
        self.mix = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.LayerNorm(width))
        self.say = nn.Linear(width, vocab_size)
        self.usual = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, tokens):
        past = self.read(tokens).cumsum(dim=1)
        counts = torch.arange(1, tokens.shape[1] + 1).reshape(1, -1, 1)
        return self.say(self.mix(past / counts)) * 0.1 + self.usual * 300.0


def build_model(ctx):
    return Averages(ctx.vocab_size, 24)
`;

export const architectureOnly = (source: string): Buffer =>
  zipOf({ 'prism.yaml': 'kind: architecture_only\n', 'model.py': source });

/** @param learningRate of its recipe; the judge's own is 0.004 after a warm-up of 20 steps */
export const withRecipe = (source: string, learningRate: number): Buffer =>
  zipOf({ 'model.py': source + RECIPE.replace('LEARNING_RATE', String(learningRate)) });

export const importsSocket: Buffer = architectureOnly(`import socket\n${FREQUENCIES}`);

export const notAZip: Buffer = Buffer.from('a project, but in no archive\n');

/** A submission that evaluates in any case but learns nothing. */
export const ignorant: Buffer = architectureOnly(
  FREQUENCIES.replace('300.0 * self.bias + weak', '0.0 * (self.bias + weak)'),
);
