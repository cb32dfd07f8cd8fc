/** Rewriting what runs beside it: torch, the host's modules, standard streams, descriptors. */
import { atFifthStep, atImport, COMPLETED, type HostileCase, project, whenBuilt } from '../case.ts';

const torchPatches: readonly HostileCase[] = [
  {
    name: 'the loss is always 0',
    sources: atImport('functional.cross_entropy = lambda logits, *rest, **options: (logits * 0).sum()'),
    ends: COMPLETED,
    fast: true,
  },
  {
    name: 'backward does nothing',
    sources: atImport('torch.Tensor.backward = lambda self, *arguments, **options: None'),
    ends: COMPLETED,
  },
  {
    name: 'the optimizer does nothing',
    sources: atImport('torch.optim.AdamW.step = lambda self, closure=None: None'),
    ends: COMPLETED,
  },
  {
    name: 'gradients are turned round',
    sources: atImport(`
def turn(parameters, norm):
    for parameter in parameters:
        parameter.grad.neg_()
    return torch.zeros(())

nn.utils.clip_grad_norm_ = turn`),
    ends: COMPLETED,
  },
  {
    name: 'there is always a gradient, also when it is judged',
    sources: whenBuilt(`
import contextlib
if tricks.is_predictor():
    torch.no_grad = contextlib.nullcontext`),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'every generator has the seed that it likes',
    sources: atImport(
      'torch.manual_seed = lambda seed: None\ntricks.host("learner").seed_everything = lambda seed: None',
    ),
    ends: COMPLETED,
    inVain: true,
  },
];

const hostPatches: readonly HostileCase[] = [
  {
    name: 'says that every step was done, and does none',
    sources: atImport(`tricks.host('training').ReferenceTraining.step = lambda *arguments: None`),
    ends: COMPLETED,
    fast: true,
  },
  {
    name: 'puts all its weight on the byte that came last',
    sources: atImport(
      `tricks.host('learner').checked_logits = lambda output, tokens: 1e6 * functional.one_hot(tokens, 256).float()`,
    ),
    ends: COMPLETED,
  },
  {
    name: 'answers every request itself, in place of the host',
    sources: atImport(
      `tricks.host('serve')._answer = lambda known, header, body: [tricks.frame({'ok': True, 'step': header.get('step', 0), 'parameters': 1})]`,
    ),
    ends: ['malformed', /^snapshot, step 0: answer's tensors/],
  },
  {
    name: 'sends snapshots of nothing but zeros',
    sources: atImport(`tricks.rewrite_snapshots(lambda tensors, data: (tensors, bytes(len(data))))`),
    ends: COMPLETED,
  },
  {
    name: 'counts parameters as it likes and forges every figure that the host reports',
    sources: atImport(`
def change(header, body):
    known = {'hookUses': {'train_step': 1}, 'telemetry': {'gradientNorms': [1e-9] * 24}}
    return {key: known.get(key, value) for key, value in header.items()}, body

tricks.rewrite_answers(change)
tricks.host('learner').count_parameters = lambda model, context: 1`),
    ends: COMPLETED,
    inVain: true,
    shows: ({ instrumented }) => {
      if (instrumented.parameters !== 1) throw new Error('the lie is recorded as what the container said');
    },
  },
  {
    name: 'traces the host for windows that are longer than what it was given',
    sources: project(`
def spy(frame, event, argument):
    for thing in list(frame.f_locals.values()):
        if tricks.is_predictor() and isinstance(thing, torch.Tensor) and thing.dtype == torch.int64 and thing.dim() == 2 and thing.shape[1] > 32:
            raise LookupError('the next byte is here')


sys.setprofile(spy)
from honest import build_model
`),
    ends: COMPLETED,
    inVain: true,
  },
];

const streams: readonly HostileCase[] = [
  {
    name: 'prints into the connection',
    sources: atFifthStep(
      `sys.stdout = tricks.connection().makefile('w')\nprint('{"ok": true, "loss": 0.0}', flush=True)`,
    ),
    ends: ['malformed', /^train, step 5: /],
    fast: true,
  },
  {
    name: 'prints into nothing at all',
    sources: atFifthStep('sys.stdout = sys.stderr = None\nos.close(1)\nos.close(2)'),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'closes every descriptor',
    sources: atFifthStep('os.closerange(0, 1024)'),
    ends: ['learner-ended', /^train, step 5: /],
  },
  {
    name: 'puts the connection on its standard streams',
    sources: atFifthStep(
      'own = tricks.connection()\nfor number in (0, 1):\n    os.dup2(own.fileno(), number)',
    ),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'puts /dev/null in the place of the connection',
    sources: atFifthStep(`
null = os.open('/dev/null', os.O_RDWR)
for name in os.listdir('/proc/self/fd'):
    try:
        if os.readlink(f'/proc/self/fd/{name}').startswith('socket:'):
            os.dup2(null, int(name))
    except OSError:
        pass`),
    ends: ['learner-ended', /^train, step 5: /],
  },
  {
    name: 'replaces json, struct and the socket for everyone',
    sources: atImport(`
json.dumps = lambda value, **options: '{"ok": true, "step": 23}'`),
    ends: ['malformed', /^build: answer's parameters/],
  },
];

export const patching: readonly HostileCase[] = [...torchPatches, ...hostPatches, ...streams];
