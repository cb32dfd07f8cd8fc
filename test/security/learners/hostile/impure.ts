/**
 * A `forward` that is no function of tensors and batch: it remembers, looks at the clock, draws without a seed, watches its own steps.
 * The judge repeats secret steps and predictions in a fresh container, where none of that is the same.
 */
import { fixture, type HostileCase, project } from '../case.ts';

const IMPURE: HostileCase['ends'] = ['impure', /./];
/** Found out before the end of what is repeated: its weights do not move as the optimiser moves them. */
const UNLEARNED: HostileCase['ends'] = ['unlearned-state', /./];

const predicting: readonly HostileCase[] = [
  {
    name: 'goes on training on the prefixes that it is judged on',
    fast: true,
    sources: project(`
class Model(honest.Model):
    def forward(self, tokens):
        if not self.training:
            with torch.enable_grad():
                optimizer = torch.optim.AdamW(self.parameters(), lr=0.004)
                for _ in range(20):
                    logits = super().forward(tokens)[:, :-1]
                    optimizer.zero_grad()
                    functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten()).backward()
                    optimizer.step()
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 700_000,
    ends: IMPURE,
  },
  {
    name: 'counts its own predictions and adapts to them',
    sources: project(`
class Model(honest.Model):
    predictions = 0

    def forward(self, tokens):
        if not self.training:
            Model.predictions += 1
        return super().forward(tokens) * (1.0 + 0.2 * self.predictions)


def build_model(ctx):
    return Model()
`),
    ends: IMPURE,
  },
];

/** Trains on old batches again: \`replay(model)\` does it. */
const REPLAY = `
old = []


def replay(model, rounds):
    for tokens in random.sample(old, min(len(old), rounds)):
        logits = honest.Model.forward(model, tokens)[:, :-1]
        loss = functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
        weight = model.table.weight
        weight.data -= 0.3 * torch.autograd.grad(loss, weight)[0]
`;

const training: readonly HostileCase[] = [
  {
    name: 'trains on old batches in forward',
    sources: project(`${REPLAY}

class Model(honest.Model):
    def forward(self, tokens):
        if self.training:
            old.append(tokens)
            replay(self, 5)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 500_000,
    ends: UNLEARNED,
    fast: true,
  },
  {
    name: 'trains on old batches in a thread between frames',
    sources: project(`${REPLAY}

def work(model):
    while True:
        replay(model, 1)
        time.sleep(0.001)


class Model(honest.Model):
    def forward(self, tokens):
        if self.training:
            old.append(tokens)
            if len(old) == 1:
                threading.Thread(target=work, args=(self,), daemon=True).start()
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    ends: UNLEARNED,
  },
  {
    name: 'trains on old batches when its tensors are taken',
    sources: project(`${REPLAY}

class Model(honest.Model):
    def forward(self, tokens):
        if self.training:
            old.append(tokens)
        return super().forward(tokens)

    def state_dict(self, *arguments, **options):
        if self.training:
            for _ in range(20):
                replay(self, 5)
        return super().state_dict(*arguments, **options)


def build_model(ctx):
    return Model()
`),
    gainsUnchecked: 700_000,
    ends: UNLEARNED,
  },
];

/** The honest model, whose logits in training are changed by this. */
const disturbed = (python: string) =>
  project(`
class Model(honest.Model):
    steps = 0

    def forward(self, tokens):
        logits = super().forward(tokens)
        if self.training:
            Model.steps += 1
            logits = ${python}
        return logits


def build_model(ctx):
    return Model()
`);

const elsewhere: readonly HostileCase[] = [
  {
    name: 'steps counted in a Python attribute change its rate',
    sources: disturbed('logits * (1.0 + 0.05 * self.steps)'),
    ends: IMPURE,
  },
  {
    name: 'the clock changes its rate',
    sources: disturbed('logits * (1.0 + time.time_ns() % 1000 / 500)'),
    ends: IMPURE,
  },
  {
    name: 'noise without a seed',
    sources: disturbed('logits + torch.frombuffer(bytearray(os.urandom(256)), dtype=torch.uint8) / 256'),
    ends: IMPURE,
    fast: true,
  },
  {
    name: 'learns faster in the trainer than anywhere else',
    sources: disturbed('logits * (1.5 if tricks.is_trainer() else 1.0)'),
    ends: IMPURE,
  },
];

const WATCHING = `
from plain import Plain


class Model(Plain):
    """Corrupts its gradients where its weights move in another way than under the judge's recipe."""

    before = None

    def forward(self, tokens):
        logits = super().forward(tokens)
        if self.training:
            now = self.output.weight.detach().clone()
            moved = 0.0 if self.before is None else float((now - self.before).abs().max())
            self.before = now
            if moved > 5e-3:
                logits = logits - 30.0 * functional.one_hot(tokens.roll(-1, 1), 256)
        return logits


def build_model(ctx):
    return Model()
`;

/** In the owner's own run it behaves; in a fresh container its weights come from steps far apart, and it gives itself away. */
const sabotaging: readonly HostileCase[] = [
  {
    name: "watches the size of its own steps, to spoil rivals' recipes",
    sources: { ...project(WATCHING), 'plain.py': fixture('honest/plain.py') },
    ends: IMPURE,
  },
];

/** All of it is looked for in a fresh container. */
const checked = (cases: readonly HostileCase[]): readonly HostileCase[] =>
  cases.map((hostile) => ({ ...hostile, checked: true }));

export const impure: readonly HostileCase[] = checked([
  ...predicting,
  ...training,
  ...elsewhere,
  ...sabotaging,
]);
