/** Inference hooks that forge their answers. What they do is judged beside plain `forward`, and touches the run itself in no case. */
import type { MeasuredRun } from '../../../../services/evaluator/judge/run.ts';
import { COMPLETED, type HostileCase, type Kind, project } from '../case.ts';

/** The hook's part of the measurement ended so. */
const hookEnds =
  (kind: Kind, detail: RegExp) =>
  ({ hook }: MeasuredRun): void => {
    if (hook === null) throw new Error('no hook was judged');
    const { ending } = hook;
    if (ending.kind !== kind || !detail.test(ending.detail)) throw new Error(JSON.stringify(ending));
  };

/** It was judged to its end, and is not better than the plain model. */
const hookGainsNothing = (run: MeasuredRun): void => {
  hookEnds('completed', /^$/)(run);
  const [hooked, plain] = [run.hook?.points.at(-1), run.curve.at(-1)];
  if (hooked === undefined || plain === undefined || hooked.lossMicrobits < plain.lossMicrobits) {
    throw new Error(`hook ${hooked?.lossMicrobits}, plain ${plain?.lossMicrobits}`);
  }
};

const hooked = (name: string, python: string, shows: HostileCase['shows']): HostileCase => ({
  name: `an inference hook that ${name}`,
  sources: project(`from honest import build_model, get_recipe\n\n${python.trim()}\n`),
  recipe: 'submission',
  hook: true,
  ends: COMPLETED,
  inVain: true,
  ...(shows && { shows }),
});

const COUNTING = `
counts = torch.zeros(256, 256)

def train_step(model, batch, optimizer, ctx):
    optimizer.zero_grad()
    functional.cross_entropy(model(batch.tokens).flatten(0, 1), batch.targets.flatten()).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    counting.count_pairs(counts, batch.tokens)

def inference_logits(model, batch, ctx):
    return counting.log_probabilities(counts)[batch.tokens]
`;

const forging: readonly HostileCase[] = [
  {
    ...hooked(
      'answers from a table that it filled in training and that ignores the model',
      COUNTING,
      hookGainsNothing,
    ),
    fast: true,
  },
  hooked(
    'answers what was last seen',
    `
def infer(model, batch, ctx):
    return 100.0 * functional.one_hot(batch.tokens, 256).float()`,
    hookGainsNothing,
  ),
  hooked(
    'looks for targets in the batch that it is given',
    `
def inference_logits(model, batch, ctx):
    if batch.targets is not None or batch.metadata:
        raise LookupError('the next byte is here')
    return model(batch.tokens)`,
    hookGainsNothing,
  ),
  hooked(
    'answers NaN',
    `
def inference_logits(model, batch, ctx):
    return model(batch.tokens) * float('nan')`,
    hookEnds('non-finite', /^predict, step 24: a logit is NaN or infinite$/),
  ),
  hooked(
    'answers for another number of windows',
    `
def inference_logits(model, batch, ctx):
    return model(batch.tokens)[:1]`,
    hookEnds('learner-ended', /^predict, step 24: ContractError: inference_logits/),
  ),
  hooked(
    'exits',
    `
def inference_logits(model, batch, ctx):
    os._exit(0)`,
    hookEnds('learner-ended', /^predict, step 24: .*status 0$/),
  ),
  hooked(
    'writes frames of its own',
    `
def inference_logits(model, batch, ctx):
    tricks.connection().sendall(tricks.frame({'ok': True}, bytes(4)))
    return model(batch.tokens)`,
    hookEnds('malformed', /^predict, step 24: /),
  ),
];

/** Helps the model with counts of byte pairs, after these lines. */
const helping = (python: string) => `
seen = torch.zeros(256, 256)

def inference_logits(model, batch, ctx):
    tokens = batch.tokens
${python.trim().replace(/^/gm, '    ')}
    return model(tokens) + 0.5 * counting.log_probabilities(counts)[tokens]`;

const FRESH_COUNTS = `
counts = torch.zeros(256, 256)
counting.count_pairs(counts, tokens)`;

/** What they gained stands in the measurement, and the ending that makes it count as 8 bits. */
const adapting: readonly HostileCase[] = [
  hooked(
    'learns from the prefixes of earlier predictions',
    helping('counts = seen\ncounting.count_pairs(counts, tokens)'),
    hookEnds('impure', /^predict, step 24: asked again .* The inference hook must answer each prefix by/),
  ),
  hooked(
    'learns from the other prefixes of the same prediction',
    helping(FRESH_COUNTS),
    hookEnds('impure', /^predict, step 24: asked again .* The inference hook must answer each prefix by/),
  ),
  hooked(
    'learns from the other prefixes, and exits where it is asked for one',
    helping(`
if tokens.shape[0] == 1:
    os._exit(0)
${FRESH_COUNTS.trim()}`),
    hookEnds('learner-ended', /^predict, step 24: .*status 0$/),
  ),
].map((hostile) => ({ ...hostile, checked: true }));

export const inference: readonly HostileCase[] = [...forging, ...adapting];
