/** What a predictor may answer, and where it may look for the next byte: it is not in the container. */
import { atFifthStep, atImport, COMPLETED, type HostileCase, project, whenJudged } from '../case.ts';

const ended = (detail: RegExp) => ['learner-ended', detail] as const;
/** The honest model, whose logits are what `judged(logits, tokens)` makes of them when it is judged. */
const answers = (python: string) =>
  project(`
class Model(honest.Model):
    def forward(self, tokens):
        logits = super().forward(tokens)
        return ${python} if tricks.is_predictor() else logits


def build_model(ctx):
    return Model()
`);

const values: readonly HostileCase[] = [
  {
    name: 'answers NaN',
    sources: answers(`logits * float('nan')`),
    ends: ['non-finite', /^predict, step 4: a logit is NaN or infinite$/],
    fast: true,
  },
  {
    name: 'answers infinity for one byte',
    sources: answers(`logits.index_fill(2, torch.tensor([32]), float('inf'))`),
    ends: ['non-finite', /^predict, step 4: a logit is NaN or infinite$/],
  },
  {
    name: 'rules bytes out with minus infinity',
    sources: answers(`logits.index_fill(2, torch.tensor([32]), float('-inf'))`),
    ends: ['non-finite', /^predict, step 4: a logit is NaN or infinite$/],
  },
  {
    name: 'answers the largest numbers that there are',
    sources: answers('torch.full_like(logits, 3.4e38)'),
    ends: COMPLETED,
  },
  { name: 'is sure beyond all measure', sources: answers('logits.sign() * 3e38'), ends: COMPLETED },
  {
    name: 'is sure that the last byte comes again',
    sources: answers('1e6 * functional.one_hot(tokens, 256).float()'),
    ends: COMPLETED,
  },
  {
    name: 'overflows on the way to single precision',
    sources: answers('logits.double() + 1e300'),
    ends: ['non-finite', /^predict, step 4: a logit is NaN or infinite$/],
  },
];

const shapes: readonly HostileCase[] = [
  {
    name: 'answers for 255 bytes',
    sources: answers('logits[:, :, :255]'),
    ends: ended(/^predict, step 4: ContractError: .*255/),
  },
  {
    name: 'answers for one window only',
    sources: answers('logits[:1]'),
    ends: ended(/^predict, step 4: ContractError: .*\[1, /),
  },
  {
    name: 'answers with a list',
    sources: answers('logits.tolist()'),
    ends: ended(/^predict, step 4: ContractError: .*list/),
  },
  {
    name: 'answers with nothing',
    sources: answers('None'),
    ends: ended(/^predict, step 4: ContractError: .*NoneType/),
  },
  {
    name: 'the host sends fewer logits than were asked for',
    sources: atImport(`
if tricks.is_predictor():
    tricks.rewrite_answers(lambda header, body: (header, bytes(body)[:-1024]))`),
    ends: ['malformed', /^predict, step 4: \d+ bytes of logits, expected/],
  },
  {
    name: 'the host sends more logits than were asked for',
    sources: atImport(`
if tricks.is_predictor():
    tricks.rewrite_answers(lambda header, body: (header, bytes(body) * 2 if len(body) else b''))`),
    ends: ['malformed', /^predict, step 4: \d+ bytes of logits, expected/],
  },
];

const SEARCH = `
def reachable_text():
    """Byte windows in any object of this process that the collector knows, and in every frame's locals."""
    frame, held = sys._getframe(), []
    while frame is not None:
        held += list(frame.f_locals.values())
        frame = frame.f_back
    held += [thing for thing in gc.get_objects() if isinstance(thing, torch.Tensor)]
    return [thing for thing in held if isinstance(thing, torch.Tensor) and thing.dtype == torch.int64 and thing.dim() == 2]
`;

const looking: readonly HostileCase[] = [
  {
    name: 'searches frames and collected objects for longer windows when it is judged',
    sources: project(`${SEARCH}

def goes_on(text, tokens):
    length = tokens.shape[1]
    return text.shape[1] > length and torch.equal(text[:, :length], tokens)


class Model(honest.Model):
    def forward(self, tokens):
        if tricks.is_predictor() and any(goes_on(text, tokens) for text in reachable_text()):
            raise LookupError('the next byte is here')
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    ends: COMPLETED,
    inVain: true,
    fast: true,
  },
  {
    name: 'takes the targets from the frames of the host in training',
    sources: project(`${SEARCH}

class Model(honest.Model):
    def forward(self, tokens):
        logits = super().forward(tokens)
        for text in reachable_text() if self.training else []:
            if text.shape[1] == tokens.shape[1] + 1 and torch.equal(text[:, :-1], tokens):
                return 20.0 * functional.one_hot(text[:, 1:], 256).float() + 0.0 * logits
        return logits


def build_model(ctx):
    return Model()
`),
    ends: COMPLETED,
  },
  {
    name: 'takes the targets from the metadata of the batch',
    sources: project(`
from honest import build_model, get_recipe


def train_step(model, batch, optimizer, ctx):
    if batch.metadata:
        raise LookupError(f'metadata: {sorted(batch.metadata)}')
    optimizer.zero_grad()
    logits = model(batch.tokens) + 20.0 * functional.one_hot(batch.targets, 256)
    functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten()).backward()
    optimizer.step()
`),
    recipe: 'submission',
    ends: COMPLETED,
  },
  {
    name: 'looks one byte ahead',
    sources: project(`
from convolution import Model


def build_model(ctx):
    model = Model()
    model.shift = -1
    return model
`),
    copy: 'convolution',
    ends: COMPLETED,
    fast: true,
  },
  {
    name: 'attends to both sides',
    sources: project(`
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, 64)
        self.attention = nn.MultiheadAttention(64, 4, batch_first=True)
        self.output = nn.Linear(64, 256)

    def forward(self, tokens):
        embedded = self.embedding(tokens)
        return self.output(embedded + self.attention(embedded, embedded, embedded)[0])


def build_model(ctx):
    return Model()
`),
    ends: COMPLETED,
  },
];

const remembering: readonly HostileCase[] = [
  {
    name: 'knows all revealed windows by heart',
    sources: project(`
class Model(honest.Model):
    def __init__(self):
        super().__init__()
        self.register_buffer('seen', torch.zeros(64, 32, dtype=torch.uint8))

    def forward(self, tokens):
        logits = super().forward(tokens)
        if self.training:
            self.seen = torch.cat([self.seen[tokens.shape[0]:], tokens.to(torch.uint8)])
            return logits
        length = tokens.shape[1]
        for row in range(tokens.shape[0]):
            same = (self.seen[:, :length].long() == tokens[row]).all(1).nonzero().flatten()
            if len(same) and length < 32:
                logits[row, -1, int(self.seen[int(same[0]), length])] += 20.0
        return logits


def build_model(ctx):
    return Model()
`),
    ends: COMPLETED,
    inVain: true,
    fast: true,
  },
  {
    name: 'does nothing at all, then everything at once',
    sources: atFifthStep(`tricks.host('training').descend = lambda *arguments: None`),
    ends: COMPLETED,
  },
  {
    name: 'starts badly, so as to seem to improve',
    sources: whenJudged('if self.usual.abs().sum() < 1.0: tokens = tokens.flip(0)'),
    ends: COMPLETED,
  },
];

export const predictions: readonly HostileCase[] = [...values, ...shapes, ...looking, ...remembering];
