/** Honest projects that differ in files, imports and manners rather than in the model. */
import type { HonestCase } from '../case.ts';
import { PLAIN, plainWith } from './shared.ts';

const files: readonly HonestCase[] = [
  {
    name: 'everything in one file',
    sources: { 'model.py': `${PLAIN}\n\ndef build_model(ctx):\n    return Plain()\n` },
  },
  {
    name: 'packages with relative imports',
    sources: {
      'src/layers/__init__.py': 'from .core import Plain\n\n__all__ = ["Plain"]\n',
      'src/layers/core.py': PLAIN,
      'src/__init__.py': '',
      'src/model.py': 'from .layers import Plain\n\n\ndef build_model(ctx):\n    return Plain()\n',
    },
    entrypoint: 'src/model.py',
    fast: true,
  },
  {
    name: 'folders without __init__.py and absolute imports',
    sources: {
      'layers/core.py': PLAIN,
      'agent.py': 'import layers.core\n\n\ndef build_model(ctx):\n    return layers.core.Plain()\n',
    },
    entrypoint: 'agent.py',
  },
  {
    name: 'modules that need each other',
    sources: {
      'sizes.py': 'WIDTH = 24\n\n\ndef network():\n    from plain import Plain\n\n    return Plain(WIDTH)\n',
      'plain.py': PLAIN,
      'model.py': 'from sizes import network\n\n\ndef build_model(ctx):\n    return network()\n',
    },
  },
  {
    name: 'a dataclass for its configuration, enums and named tuples',
    sources: {
      'plain.py': PLAIN,
      'config.py': `from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple


class Size(Enum):
    SMALL = 16
    LARGE = 64


class Range(NamedTuple):
    low: int
    high: int


@dataclass(frozen=True)
class Config:
    size: Size = Size.SMALL
    widths: Range = field(default_factory=lambda: Range(16, 64))

    @property
    def width(self) -> int:
        return max(self.widths.low, min(self.size.value, self.widths.high))
`,
      'model.py': `from config import Config
from plain import Plain
from prism_challenge.evaluator.interface import PrismContext


def build_model(ctx: PrismContext) -> Plain:
    return Plain(Config().width)
`,
    },
  },
];

const manners: readonly HonestCase[] = [
  {
    name: 'prints and warns a lot',
    sources: {
      'plain.py': PLAIN,
      'model.py': `import sys
import warnings

from plain import Plain


class Chatty(Plain):
    def forward(self, tokens):
        print("forward of", tuple(tokens.shape), flush=True)
        print("forward", file=sys.stderr)
        warnings.warn("this is only a warning", stacklevel=2)
        return super().forward(tokens)


def build_model(ctx):
    print("building" * 100)
    return Chatty()
`,
    },
    pastReview: true,
    fast: true,
  },
  {
    name: 'logs through the logging module',
    sources: plainWith(
      '',
      `import logging

logging.basicConfig(level=logging.DEBUG)
logging.getLogger(__name__).info("hello %s", "world")

`,
    ),
    pastReview: true,
  },
  {
    name: 'initialises with numpy',
    sources: {
      'plain.py': PLAIN,
      'model.py': `import numpy
import torch
from plain import Plain


def build_model(ctx):
    model = Plain()
    values = numpy.random.standard_normal((256, 48)).astype("float32") * 0.5
    model.embedding.weight.data.copy_(torch.from_numpy(values))
    return model
`,
    },
    pastReview: true,
  },
  {
    name: 'keeps a scratch file in /tmp',
    sources: {
      'plain.py': PLAIN,
      'model.py': `import tempfile

import torch
from plain import Plain


def build_model(ctx):
    model = Plain()
    with tempfile.TemporaryFile() as file:
        torch.save(model.state_dict(), file)
        file.seek(0)
        model.load_state_dict(torch.load(file))
    return model
`,
    },
    pastReview: true,
  },
  {
    name: 'takes seconds to build',
    sources: {
      'plain.py': PLAIN,
      'model.py': `import torch
from plain import Plain


def build_model(ctx):
    model = Plain()
    for _ in range(20):
        u, _, v = torch.linalg.svd(torch.randn(200, 200))
    model.hidden.weight.data.copy_((u @ v)[:48, :48])
    return model
`,
    },
  },
  {
    name: 'has a seed of its own',
    sources: {
      'plain.py': PLAIN,
      'model.py': `import torch
from plain import Plain


def build_model(ctx):
    torch.manual_seed(1234)
    return Plain()
`,
    },
  },
  {
    name: 'draws its first weights from a generator of its own',
    sources: {
      'plain.py': PLAIN,
      'model.py': `import torch
from plain import Plain


def build_model(ctx):
    model = Plain()
    generator = torch.Generator().manual_seed(ctx.seed + 1)
    for parameter in model.parameters():
        parameter.data.normal_(0.0, 0.05, generator=generator)
    return model
`,
    },
  },
  {
    name: 'starts at zero',
    sources: {
      'plain.py': PLAIN,
      'model.py': `from plain import Plain
from torch import nn


def build_model(ctx):
    model = Plain()
    nn.init.zeros_(model.output.weight)
    nn.init.zeros_(model.output.bias)
    return model
`,
    },
  },
  {
    name: 'hooks on modules and gradients',
    sources: {
      'plain.py': PLAIN,
      'model.py': `from plain import Plain


def build_model(ctx):
    model = Plain()
    model.hidden.register_forward_hook(lambda module, inputs, output: output.clamp(-10.0, 10.0))
    model.embedding.weight.register_hook(lambda gradient: gradient * 0.5)
    return model
`,
    },
  },
];

export const projects: readonly HonestCase[] = [...files, ...manners];
