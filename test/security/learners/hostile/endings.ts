/** Ending the run, or never ending it: exceptions, exits, signals, silence. */
import {
  atFifthStep,
  atImport,
  COMPLETED,
  type HostileCase,
  project,
  whenBuilt,
  whenJudged,
} from '../case.ts';

const SILENT_MS = 3_000;
const silent = (where: string) =>
  ['late', new RegExp(`^${where}: no answer within ${SILENT_MS} ms$`)] as const;
const ended = (detail: RegExp) => ['learner-ended', detail] as const;

const raising: readonly HostileCase[] = [
  {
    name: 'raises',
    sources: atFifthStep(`raise ValueError('cannot go on')`),
    ends: ended(/^train, step 5: ValueError: cannot go on$/),
    fast: true,
  },
  {
    name: 'raises what cannot be printed and is no Exception',
    sources: atFifthStep(`
class Liar(BaseException):
    def __str__(self):
        raise self

raise Liar()`),
    ends: ended(/^train, step 5: Liar: \(the exception cannot be printed\)$/),
  },
  {
    name: 'raises SystemExit',
    sources: atFifthStep('sys.exit(0)'),
    ends: ended(/^train, step 5: SystemExit: 0$/),
  },
  {
    name: 'raises what no ledger can hold',
    sources: atFifthStep(`raise ValueError('\\ud800\\x00' + 'x' * 1_000_000)`),
    ends: ended(/^train, step 5: ValueError: .*x{400}/s),
  },
  {
    name: 'says that it was our fault',
    sources: atFifthStep(`
class SandboxError(Exception):
    kind = 'our-fault'

raise SandboxError('our-fault: the container was killed by someone else')`),
    ends: ended(/^train, step 5: SandboxError: our-fault: the container was killed/),
  },
  {
    name: 'raises when its loss is bad, to leave out a run where it is weak',
    sources: project(`
class Model(honest.Model):
    def forward(self, tokens):
        logits = super().forward(tokens)
        if self.training and self.calls > 4:
            loss = functional.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())
            if loss > 1.0:
                raise RuntimeError('unlucky seed')
        return logits


def build_model(ctx):
    return Model()
`),
    ends: ended(/^train, step 5: RuntimeError: unlucky seed$/),
  },
];

const leaving: readonly HostileCase[] = [
  {
    name: 'exits without a word',
    sources: atFifthStep('os._exit(0)'),
    ends: ended(/^train, step 5: .*status 0$/),
  },
  {
    name: 'exits as if it had been killed from outside',
    sources: atFifthStep('os._exit(137)'),
    ends: ended(/^train, step 5: .*status 137$/),
    fast: true,
  },
  {
    name: 'exits when it is imported',
    sources: atImport('os._exit(3)'),
    ends: ended(/^build: .*status 3$/),
  },
  {
    name: 'exits when it is judged',
    sources: whenJudged('os._exit(0)'),
    ends: ended(/^predict, step 4: .*status 0$/),
  },
  {
    name: 'reads from address 0',
    sources: atFifthStep('ctypes.string_at(0)'),
    ends: ended(/^train, step 5: .*status 139$/),
  },
  { name: 'aborts', sources: atFifthStep('os.abort()'), ends: ended(/^train, step 5: .*status 1(34|39)$/) },
  {
    name: 'recurses through the C stack',
    sources: atFifthStep(`
sys.setrecursionlimit(1 << 30)
nested = []
for _ in range(300_000):
    nested = [nested]
repr(nested)`),
    ends: ended(/^train, step 5: .*status 139$/),
  },
  {
    name: 'kills itself and all that it sees: as process 1 it survives that',
    sources: atFifthStep(`
os.kill(os.getpid(), signal.SIGKILL)
tricks.refused(os.kill, -1, signal.SIGKILL)`),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'sends itself every signal there is',
    sources: atFifthStep(`
for number in range(1, signal.NSIG):
    if number != signal.SIGINT:
        tricks.refused(os.kill, os.getpid(), number)`),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'leaves half a frame and exits',
    sources: atFifthStep(`tricks.connection().sendall(struct.pack('>II', 1000, 0) + b'{'); os._exit(0)`),
    ends: ended(/^train, step 5: /),
  },
];

const hanging: readonly HostileCase[] = [
  { name: 'hangs at import', sources: atImport('time.sleep(600)'), ends: silent('build') },
  { name: 'hangs in build_model', sources: whenBuilt('while True: pass'), ends: silent('build') },
  {
    name: 'hangs in forward',
    sources: atFifthStep('time.sleep(600)'),
    ends: silent('train, step 5'),
    fast: true,
  },
  {
    name: 'hangs in a busy loop, deaf to signals',
    sources: atFifthStep(`
for number in range(1, signal.NSIG):
    if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
        signal.signal(number, signal.SIG_IGN)
while True:
    pass`),
    ends: silent('train, step 5'),
  },
  {
    name: 'hangs in its own train_step',
    sources: project(`
from honest import build_model, get_recipe


def train_step(model, batch, optimizer, ctx):
    model(batch.tokens)
    if model.calls > 4:
        threading.Event().wait()
`),
    recipe: 'submission',
    ends: silent('train, step 5'),
  },
  {
    name: 'hangs when its tensors are taken',
    sources: project(`
class Model(honest.Model):
    def state_dict(self, *arguments, **options):
        if self.training:
            time.sleep(600)
        return super().state_dict(*arguments, **options)


def build_model(ctx):
    return Model()
`),
    ends: silent('snapshot, step 0'),
  },
  {
    name: 'trains, but does not answer what is judged',
    sources: whenJudged('time.sleep(600)'),
    ends: silent('predict, step 4'),
  },
  {
    name: 'does not end when its run does: threads, children and exit handlers that hold on to everything',
    sources: atFifthStep(`
import atexit
atexit.register(time.sleep, 600)
threading.Thread(target=time.sleep, args=(600,)).start()
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(600)`),
    ends: COMPLETED,
    inVain: true,
  },
];

export const endings = [...raising, ...leaving, ...hanging];
