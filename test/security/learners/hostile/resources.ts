/** Taking more than its share: processes, threads, memory, disk, output, time. */

import type { MeasuredRun } from '../../../../services/evaluator/judge/run.ts';
import { atFifthStep, COMPLETED, type HostileCase, project, whenBuilt, whenJudged } from '../case.ts';

const BURNT_US = 1_500_000;

/** Python that uses `BURNT_US` of CPU time, whatever else the machine does. */
const BURN = `
def burn():
    until = time.process_time() + ${BURNT_US / 1e6}
    while time.process_time() < until:
        sum(range(1000))
`;

const counted =
  (which: 'trainerCpuUs' | 'predictorCpuUs') =>
  (run: MeasuredRun): void => {
    if (run[which] < BURNT_US) throw new Error(`${which} is ${run[which]}: what was used is not counted`);
  };

export const forkBomb: HostileCase = {
  name: 'forks, and every child forks',
  sources: atFifthStep(`
while True:
    try:
        os.fork()
    except OSError:
        pass`),
  ends: ['late', /^train, step 5: no answer within 3000 ms$/],
};

export const memoryBomb: HostileCase = {
  name: 'takes memory until there is none',
  sources: atFifthStep(`
hoard = []
while True:
    hoard.append(bytearray(os.urandom(1 << 16) * 16))`),
  ends: ['over-limit', /^train, step 5: .*memory/],
};

const bombs: readonly HostileCase[] = [
  forkBomb,
  memoryBomb,
  {
    name: 'starts threads until none can be started',
    sources: atFifthStep('while True: threading.Thread(target=threading.Event().wait, daemon=True).start()'),
    ends: ['learner-ended', /^train, step 5: RuntimeError: can't start new thread/],
  },
  {
    name: 'asks for a tensor of a terabyte',
    sources: atFifthStep('torch.ones(1 << 38)'),
    ends: ['learner-ended', /^train, step 5: RuntimeError: .*memory/],
  },
  {
    name: 'takes memory when it is judged',
    sources: whenJudged('self.hoard = torch.ones(1 << 28)'),
    ends: ['over-limit', /^predict, step 4: .*memory/],
  },
  {
    name: 'takes memory when it is built',
    sources: whenBuilt('hoard = torch.ones(1 << 28)'),
    ends: ['over-limit', /^build: .*memory/],
  },
  {
    name: 'writes to /tmp until it is full',
    sources: atFifthStep(`
with open('/tmp/hoard', 'wb') as file:
    while True:
        file.write(bytes(1 << 20))`),
    ends: ['learner-ended', /^train, step 5: OSError: .*No space left/],
    fast: true,
  },
  {
    name: 'writes to shared memory until it is full',
    sources: atFifthStep(`
with open('/dev/shm/hoard', 'wb') as file:
    while True:
        file.write(bytes(1 << 20))`),
    ends: ['learner-ended', /^train, step 5: OSError: .*No space left/],
  },
  {
    name: 'opens files until none can be opened',
    sources: atFifthStep(`
kept = []
while True:
    kept.append(os.open('/dev/null', os.O_RDONLY))`),
    ends: ['learner-ended', /^train, step 5: OSError: .*Too many open files/],
  },
  {
    name: 'complains without end',
    sources: atFifthStep(`while True: os.write(2, b'x' * (1 << 16))`),
    ends: ['over-limit', /^train, step 5: .*standard error/],
    fast: true,
  },
  {
    name: 'prints 64 MB',
    sources: atFifthStep(`
for _ in range(1024):
    os.write(1, b'x' * (1 << 16))`),
    ends: COMPLETED,
    inVain: true,
  },
];

/** Work that is no part of an answer is counted all the same: what it gains has its price. */
const hidden: readonly HostileCase[] = [
  {
    name: 'computes in a thread between frames',
    sources: project(`
${BURN}

class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            self.thread = threading.Thread(target=burn, daemon=True)
            self.thread.start()
        if self.training and self.calls == 20:
            self.thread.join()
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    ends: COMPLETED,
    inVain: true,
    shows: counted('trainerCpuUs'),
    fast: true,
  },
  {
    name: 'computes in a child between frames',
    sources: project(`
${BURN}

class Model(honest.Model):
    def forward(self, tokens):
        if self.at_fifth_step():
            self.child = os.fork()
            if self.child == 0:
                burn()
                os._exit(0)
        if self.training and self.calls == 20:
            os.waitpid(self.child, 0)
        return super().forward(tokens)


def build_model(ctx):
    return Model()
`),
    ends: COMPLETED,
    inVain: true,
    shows: counted('trainerCpuUs'),
  },
  {
    name: 'computes while it is built',
    sources: project(`${BURN}

def build_model(ctx):
    burn()
    return honest.build_model(ctx)
`),
    ends: COMPLETED,
    inVain: true,
    shows: (run) => {
      counted('trainerCpuUs')(run);
      counted('predictorCpuUs')(run);
    },
  },
];

export const resources: readonly HostileCase[] = [...bombs, ...hidden];
