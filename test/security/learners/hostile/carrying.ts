/** Carrying bytes from one container to another: from the trainer to the predictor, and from this run to the next. */
import { COMPLETED, type HostileCase, project } from '../case.ts';

/** Leaves a note where the model is trained; all containers, also those of the cases after this one, look for notes of every kind. */
const leaving = (channel: string) =>
  project(`
notes.look()


class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            notes.leave('${channel}')
        elif tricks.is_predictor():
            notes.look()
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`);

const CHANNELS = [
  'files',
  'a segment of System V shared memory',
  'a System V semaphore',
  'a System V message queue',
  'a POSIX message queue',
  'an abstract socket',
  'a port on the loopback',
  'the environment',
  'a process',
];
const FAST = new Set(['files', 'an abstract socket']);

export const carrying: readonly HostileCase[] = [
  ...CHANNELS.map((channel): HostileCase => {
    const name = `leaves a note in ${channel}`;
    const common = { name, sources: leaving(channel), ends: COMPLETED, inVain: true } as const;
    return FAST.has(channel) ? { ...common, fast: true } : common;
  }),
  {
    name: `leaves a note in the kernel's keyring`,
    sources: leaving(`a key in the kernel\\'s keyring`),
    ends: ['learner-ended', /^train, step 5: PermissionError: \[Errno 1\]/],
  },
  {
    name: 'leaves its weights in modules, classes and generators of the process',
    sources: project(`
if hasattr(torch, 'note') or hasattr(honest.Model, 'note') or hasattr(sys, 'note'):
    raise FileExistsError('a note in the process')


class Model(honest.Model):
    def forward(self, tokens):
        if self.training:
            torch.note = sys.note = honest.Model.note = self.table.weight.detach()
        elif hasattr(torch, 'note'):
            return 10.0 * functional.embedding(tokens, torch.note)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    ends: COMPLETED,
    inVain: true,
  },
];
