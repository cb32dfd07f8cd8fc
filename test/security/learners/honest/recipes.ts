/** Honest recipes and hooks on the plain network. */
import type { HonestCase } from '../case.ts';
import { BUILD, PLAIN, plainWith } from './shared.ts';

const IMPORTS = `import torch
from prism_challenge.evaluator.interface import PrismBatch, PrismContext, TrainingRecipe
from torch.nn import functional

`;
const DICT = `
def get_recipe(ctx):
    return {"learning_rate": 0.003, "batch_size": 4, "optimizer": "AdamW", "scheduler": "cosine", "weight_decay": 0.1}
`;

const recipes: readonly (readonly [
  name: string,
  python: string,
  flags?: Pick<HonestCase, 'fast' | 'pastReview' | 'hook'>,
])[] = [
  ['a dict', DICT, { fast: true }],
  [
    'a TrainingRecipe',
    'def get_recipe(ctx: PrismContext) -> TrainingRecipe:\n    return TrainingRecipe(learning_rate=2e-3, batch_size=8, scheduler="constant")',
  ],
  [
    'gradient descent with momentum',
    'def get_recipe(ctx):\n    return TrainingRecipe(learning_rate=0.5, batch_size=8, optimizer="sgd", scheduler="none")',
  ],
  [
    'label smoothing',
    `${DICT}

def compute_loss(model, batch, ctx):
    logits = model(batch.tokens)
    return functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), label_smoothing=0.05)`,
  ],
  [
    'an auxiliary loss on its activations',
    `${DICT}

def compute_loss(model, batch: PrismBatch, ctx):
    logits = model(batch.tokens)
    loss = functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten())
    return loss + 1e-4 * logits.logsumexp(-1).square().mean()`,
  ],
  [
    'two groups of parameters',
    `${DICT}

def configure_optimizer(model, recipe, ctx):
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    others = [parameter for parameter in model.parameters() if parameter.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0, "lr": 1e-2}]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate)`,
  ],
  [
    'an optimizer of its own: the sign of a momentum',
    `${DICT}

class Lion(torch.optim.Optimizer):
    def __init__(self, parameters, lr):
        super().__init__(parameters, {"lr": lr, "betas": (0.9, 0.99)})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            first, second = group["betas"]
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                momentum = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
                parameter.sub_(momentum.lerp(parameter.grad, 1 - first).sign_(), alpha=group["lr"])
                momentum.lerp_(parameter.grad, 1 - second)


def configure_optimizer(model, recipe, ctx):
    return Lion(model.parameters(), 3e-4)`,
    { fast: true },
  ],
  [
    'a schedule with warm-up and warm restarts in train_step',
    `${DICT}

class Schedule:
    def __init__(self):
        self.step = 0

    def rate(self):
        self.step += 1
        return 4e-3 * min(1.0, self.step / 4) * (1.0 - (self.step % 8) / 8)


SCHEDULE = Schedule()


def train_step(model, batch, optimizer, ctx):
    for group in optimizer.param_groups:
        group["lr"] = SCHEDULE.rate()
    optimizer.zero_grad()
    loss = functional.cross_entropy(model(batch.tokens).flatten(0, 1), batch.targets.flatten())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    return {"loss": loss.item()}`,
    { pastReview: true },
  ],
  [
    'gradient accumulation',
    `${DICT}

def train_step(model, batch, optimizer, ctx):
    optimizer.zero_grad()
    for tokens, targets in zip(batch.tokens.chunk(2), batch.targets.chunk(2)):
        loss = functional.cross_entropy(model(tokens).flatten(0, 1), targets.flatten()) / 2
        loss.backward()
    optimizer.step()
    return loss.detach()`,
  ],
  [
    'several passes over the batch that it was given',
    `${DICT}

def train_step(model, batch, optimizer, ctx):
    for _ in range(2):
        optimizer.zero_grad()
        functional.cross_entropy(model(batch.tokens).flatten(0, 1), batch.targets.flatten()).backward()
        optimizer.step()`,
  ],
  [
    'a schedule of torch and gradients with noise',
    `${DICT}

def configure_optimizer(model, recipe, ctx):
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate)
    for parameter in model.parameters():
        parameter.register_hook(lambda gradient: gradient + 1e-3 * torch.randn_like(gradient))
    return optimizer`,
  ],
  [
    'shorter windows first',
    `${DICT}

def compute_loss(model, batch, ctx):
    length = batch.tokens.shape[1] // 2
    logits = model(batch.tokens[:, :length])
    return functional.cross_entropy(logits.flatten(0, 1), batch.targets[:, :length].flatten())`,
  ],
  [
    'an inference hook beside it',
    `${DICT}

def inference_logits(model, batch, ctx):
    return model(batch.tokens) / 0.9`,
    { hook: true },
  ],
  [
    'an inference hook that draws, and looks back',
    `${DICT}

def inference_logits(model, batch, ctx):
    last = functional.one_hot(batch.tokens[:, -1], 256) * torch.rand(())
    return model(batch.tokens)[:, -1] - 0.1 * last`,
    { hook: true },
  ],
];

const rival: readonly HonestCase[] = [
  {
    name: 'a recipe in a file of its own',
    sources: { 'plain.py': PLAIN, 'model.py': BUILD, 'recipe.py': `${IMPORTS}${DICT}` },
    recipe: 'submission',
    recipeEntrypoint: 'recipe.py',
  },
  {
    name: "a recipe of its own for another's architecture",
    sources: { 'plain.py': PLAIN, 'model.py': BUILD },
    rival: {
      'recipe.py': `from losses import smoothed\n\n${DICT}\n\ndef compute_loss(model, batch, ctx):\n    return smoothed(model(batch.tokens), batch.targets)\n`,
      'losses.py': `from torch.nn import functional\n\n\ndef smoothed(logits, targets):\n    return functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), label_smoothing=0.1)\n`,
    },
    recipe: 'submission',
  },
];

export const recipesAndHooks: readonly HonestCase[] = [
  ...recipes.map(([name, python, flags]) => ({
    name,
    sources: plainWith(python, IMPORTS),
    recipe: 'submission' as const,
    ...flags,
  })),
  ...rival,
];
