/** Forged hooks and recipes. What they report is read by nobody: only the tensors that come out count. */
import { COMPLETED, type HostileCase, project } from '../case.ts';

const ended = (detail: RegExp) => ['learner-ended', detail] as const;

/** The honest project with its recipe, and these hooks. */
const hooked = (python: string) => ({
  sources: project(`from honest import build_model, get_recipe\n\n${python}`),
  recipe: 'submission' as const,
});

/** The honest model under this recipe. */
const recipe = (returned: string) => ({
  sources: project(`
from honest import build_model


def get_recipe(ctx):
    return ${returned}
`),
  recipe: 'submission' as const,
});

const losses: readonly HostileCase[] = [
  {
    name: 'compute_loss is always 0',
    ...hooked('def compute_loss(model, batch, ctx): return (model(batch.tokens) * 0).sum()'),
    ends: COMPLETED,
    fast: true,
  },
  {
    name: 'compute_loss returns a number that depends on nothing',
    ...hooked('def compute_loss(model, batch, ctx): return torch.tensor(0.0)'),
    ends: ended(/^train, step 1: RuntimeError: .*grad/),
  },
  {
    name: 'compute_loss returns a float',
    ...hooked('def compute_loss(model, batch, ctx): return 0.0'),
    ends: ended(/^train, step 1: ContractError: compute_loss must return a tensor/),
  },
  {
    name: 'compute_loss is NaN',
    ...hooked(`def compute_loss(model, batch, ctx): return model(batch.tokens).sum() * float('nan')`),
    ends: ['non-finite', /^snapshot, step 4: tensor .* holds NaN/],
  },
];

const steps: readonly HostileCase[] = [
  {
    name: 'train_step trains another model',
    ...hooked(`
import copy
others = []

def train_step(model, batch, optimizer, ctx):
    if not others:
        others.append(copy.deepcopy(model))
        others.append(torch.optim.AdamW(others[0].parameters(), lr=0.004))
    other, own = others
    own.zero_grad()
    functional.cross_entropy(other(batch.tokens).flatten(0, 1), batch.targets.flatten()).backward()
    own.step()
    model.forward = other.forward`),
    ends: COMPLETED,
    fast: true,
  },
  {
    name: 'train_step reports perfection and does nothing',
    ...hooked(`
def train_step(model, batch, optimizer, ctx):
    return {'loss': 0.0, 'bits_per_byte': 0.0, 'grad_norm': 1e-9, 'score': 1.0}`),
    ends: COMPLETED,
  },
  {
    name: 'train_step replaces the forward pass by a table of its own',
    ...hooked(`
counts = torch.zeros(256, 256)

def train_step(model, batch, optimizer, ctx):
    counting.count_pairs(counts, torch.cat([batch.tokens, batch.targets[:, -1:]], 1))
    model.forward = lambda tokens: counting.log_probabilities(counts)[tokens]`),
    ends: COMPLETED,
  },
  {
    name: 'train_step makes the model one of another class',
    ...hooked(`
class Better(honest.Model):
    counts = torch.zeros(256, 256)

    def forward(self, tokens):
        return counting.log_probabilities(self.counts)[tokens]

def train_step(model, batch, optimizer, ctx):
    counting.count_pairs(Better.counts, batch.tokens)
    model.__class__ = Better`),
    ends: COMPLETED,
  },
  {
    name: 'train_step adds a tensor to the model',
    ...hooked(`
def train_step(model, batch, optimizer, ctx):
    model.register_parameter('extra', nn.Parameter(torch.zeros(256, 256)))`),
    ends: ended(/^load, step 4: StateError: .*unknown \['extra'\]/),
  },
  {
    name: 'configure_optimizer returns one that does nothing',
    ...hooked(`
class Idle:
    param_groups = []

    def zero_grad(self, set_to_none=True):
        pass

    def step(self):
        pass

def configure_optimizer(model, recipe, ctx):
    return Idle()`),
    ends: COMPLETED,
  },
  {
    name: 'configure_optimizer returns an optimizer of another model',
    ...hooked(`
def configure_optimizer(model, recipe, ctx):
    return torch.optim.AdamW(honest.build_model(ctx).parameters(), lr=1.0)`),
    ends: COMPLETED,
  },
  {
    name: 'configure_optimizer returns a word',
    ...hooked(`def configure_optimizer(model, recipe, ctx): return 'adamw'`),
    ends: ended(/^build: ContractError: configure_optimizer must return an optimizer/),
  },
];

const TABLE = `
counts = torch.zeros(256, 256)

def train_step(model, batch, optimizer, ctx):
    optimizer.zero_grad()
    functional.cross_entropy(model(batch.tokens).flatten(0, 1), batch.targets.flatten()).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    counting.count_pairs(counts, batch.tokens)
`;

const inference: readonly HostileCase[] = [
  {
    name: 'an inference hook that no run calls answers from a table',
    ...hooked(`${TABLE}
def inference_logits(model, batch, ctx):
    return counting.log_probabilities(counts)[batch.tokens]`),
    ends: COMPLETED,
    inVain: true,
    fast: true,
  },
  {
    name: 'another that no run calls answers what was last seen',
    ...hooked(`
def infer(model, batch, ctx):
    return 100.0 * functional.one_hot(batch.tokens, 256).float()`),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: "an architecture brings hooks to a run under the judge's recipe",
    sources: project(`
from honest import build_model, get_recipe


def refuse(*arguments):
    raise RuntimeError('a hook was called')


configure_optimizer = compute_loss = train_step = inference_logits = infer = refuse
`),
    ends: COMPLETED,
    inVain: true,
    shows: ({ instrumented }) => {
      if (Object.keys(instrumented.hookUses).length > 0) throw new Error('a hook is counted as used');
    },
  },
];

const RECIPES: readonly (readonly [name: string, returned: string, ends: HostileCase['ends']])[] = [
  [
    'learns at NaN',
    `{'learning_rate': float('nan')}`,
    ended(/^build: RecipeError: .*learning_rate must be a finite number/),
  ],
  [
    'learns at infinity',
    `{'learning_rate': float('inf')}`,
    ended(/^build: RecipeError: .*learning_rate must be a finite number/),
  ],
  ['learns backwards', `{'learning_rate': -0.004}`, ended(/^build: RecipeError: .*learning_rate/)],
  [
    'learns so fast that its weights overflow',
    `{'learning_rate': 1e30, 'scheduler': 'none'}`,
    ['non-finite', /^(snapshot|predict), step (4|24): /],
  ],
  ['asks for a batch of none', `{'batch_size': 0}`, ended(/^build: RecipeError: .*batch_size/)],
  [
    'asks for a batch of all text that there is',
    `{'learning_rate': 0.004, 'batch_size': 10**18, 'scheduler': 'constant'}`,
    COMPLETED,
  ],
  [
    'has a key that nobody asked for',
    `{'steps': 10**6}`,
    ended(/^build: RecipeError: recipe has unknown keys \['steps'\]/),
  ],
  // Recipes of the first version name what their hooks make: the word is looked up, never called, and AdamW is used.
  ['names a function for its optimizer', `{'optimizer': 'os.system'}`, COMPLETED],
  [
    'names an optimizer that prints as a known one',
    `{'optimizer': type('Word', (), {'__str__': lambda self: 'sgd', 'lower': lambda self: 'sgd'})()}`,
    ended(/^build: RecipeError: recipe's optimizer must be a word such as/),
  ],
  ['is no recipe', `42`, ended(/^build: RecipeError: get_recipe must return/)],
];

/** A recipe from a project of its own, on an architecture that it does not own. */
const foreign: readonly HostileCase[] = [
  {
    name: 'a recipe swaps the architecture that it is measured on',
    sources: project('from honest import build_model'),
    rival: {
      'recipe.py': `
import prism_architecture.model as victim


def get_recipe(ctx):
    victim.honest.Model.forward = lambda self, tokens: 0.0 * self.table(tokens)
    return {'learning_rate': 0.004, 'batch_size': 8, 'scheduler': 'constant'}
`,
    },
    recipe: 'submission',
    ends: COMPLETED,
  },
];

export const hooks: readonly HostileCase[] = [
  ...losses,
  ...steps,
  ...inference,
  ...RECIPES.map(([name, returned, ends]) => ({ name: `a recipe that ${name}`, ...recipe(returned), ends })),
  ...foreign,
];
