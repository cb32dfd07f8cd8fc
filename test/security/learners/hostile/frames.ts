/** Breaking the protocol: answers early, late, twice, out of order, malformed, gigantic, from threads and children. */
import { answering, atFifthStep, atImport, COMPLETED, type HostileCase, whenJudged } from '../case.ts';

const malformed = (detail: RegExp) => ['malformed', detail] as const;
const sends = (python: string) => atFifthStep(`tricks.connection().sendall(${python})`);

const unasked: readonly HostileCase[] = [
  {
    name: 'answers all steps that are to come, and stops working',
    sources: atFifthStep(`
tricks.connection().sendall(b''.join(tricks.frame({'ok': True, 'step': step}) for step in range(4, 24)))
time.sleep(600)`),
    ends: malformed(/^train, step [56]: /),
    fast: true,
  },
  {
    name: 'answers a step itself, then lets the host answer it too',
    sources: sends(`tricks.frame({'ok': True, 'step': 4})`),
    ends: malformed(/^train, step [56]: /),
  },
  {
    name: 'answers from a thread',
    sources: atFifthStep(`
answer = tricks.frame({'ok': True, 'step': 4})
thread = threading.Thread(target=tricks.connection().sendall, args=(answer,))
thread.start()
thread.join()`),
    ends: malformed(/^train, step [56]: /),
  },
  {
    name: 'answers from a child that inherited the connection',
    sources: atFifthStep(`
child = os.fork()
if child == 0:
    tricks.connection().sendall(tricks.frame({'ok': True, 'step': 4}))
    os._exit(0)
os.waitpid(child, 0)`),
    ends: malformed(/^train, step [56]: /),
    fast: true,
  },
  {
    name: 'answers before it has built anything',
    sources: atImport(`
if tricks.is_trainer():
    tricks.connection().sendall(tricks.frame({'ok': True, 'parameters': 1}))`),
    ends: malformed(/^(build|snapshot, step 0|train, step 1): /),
  },
  {
    name: 'answers what is judged before it is asked',
    sources: whenJudged(
      `tricks.connection().sendall(tricks.frame({'ok': True}, bytes(1024 * tokens.shape[0])))`,
    ),
    ends: malformed(/^(predict|load), step (4|24): /),
  },
  {
    name: 'closes the connection',
    sources: atFifthStep('tricks.connection().shutdown(2)'),
    ends: ['learner-ended', /^train, step 5: the container (closed its connection|exited with status 0)$/],
  },
  {
    name: 'reads the next request before the host does',
    sources: atFifthStep(`
thread = threading.Thread(target=lambda: tricks.connection().recv(1 << 20), daemon=True)
thread.start()`),
    ends: ['late', /^(train, step [67]|snapshot, step 24): /],
  },
];

const distorted: readonly HostileCase[] = [
  {
    name: 'writes what is no frame',
    sources: sends(`b'HTTP/1.1 200 OK, perfect score' * 100`),
    ends: malformed(/^train, step 5: /),
  },
  {
    name: 'announces a body of a gigabyte',
    sources: sends(`struct.pack('>II', 2, 1 << 30) + b'{}'`),
    ends: malformed(/^train, step 5: .*announced/),
    fast: true,
  },
  {
    name: 'announces a header of four gigabytes',
    sources: sends(`struct.pack('>II', 0xffffffff, 0)`),
    ends: malformed(/^train, step 5: .*announced/),
  },
  {
    name: 'answers with NaN, which is no JSON',
    sources: sends(`tricks.packed(b'{"ok":true,"step":NaN}')`),
    ends: malformed(/^train, step 5: /),
  },
  {
    name: 'nests its header half a million deep',
    sources: sends(`tricks.packed(b'{"a":' * 100_000)`),
    ends: malformed(/^train, step 5: /),
  },
  {
    name: 'sends half a megabyte byte by byte',
    sources: atFifthStep(`
connection = tricks.connection()
connection.sendall(struct.pack('>II', 1 << 19, 0))
while True:
    connection.sendall(b' ')
    time.sleep(0.01)`),
    ends: ['late', /^train, step 5: no answer within 3000 ms$/],
    fast: true,
  },
];

/** What an answer must not say; `step` is in those of training, `parameters` in that of `build`. */
const lies: readonly (readonly [name: string, python: string, ends: HostileCase['ends']])[] = [
  [
    'answers another step',
    `if header.get('step') == 4: header['step'] = 99`,
    malformed(/^train, step 5: answered step 99$/),
  ],
  [
    'repeats the answer of the step before',
    `if 'step' in header: header['step'] = max(0, header['step'] - 1)`,
    malformed(/^train, step 2: answered step 0$/),
  ],
  [
    'answers half a step',
    `if 'step' in header: header['step'] += 0.5`,
    malformed(/^train, step 1: answer's step/),
  ],
  [
    'answers a step in words',
    `if 'step' in header: header['step'] = str(header['step'])`,
    malformed(/^train, step 1: answer's step/),
  ],
  [
    'is neither well nor ill',
    `if 'step' in header: header['ok'] = 'perfect'`,
    malformed(/^train, step 1: answer's ok/),
  ],
  [
    'has used hooks minus once',
    `if 'hookUses' in header: header['hookUses'] = {'infer': -1}`,
    malformed(/^snapshot, step 0: answer's hookUses/),
  ],
  [
    'has used hooks whose names are markup',
    `if 'hookUses' in header: header['hookUses'] = {'<script>': 1}`,
    malformed(/^snapshot, step 0: answer's hookUses/),
  ],
  [
    'fails at a length that no event can hold',
    `if 'step' in header: header = {'ok': False, 'error': {'type': 'E' * 5000, 'message': '', 'trace': ''}}`,
    malformed(/^train, step 1: /),
  ],
  [
    'says that our machine failed',
    `if 'step' in header: header = {'ok': False, 'kind': 'our-fault', 'error': {'type': 'SandboxError', 'message': 'our-fault', 'trace': ''}}`,
    ['learner-ended', /^train, step 1: SandboxError: our-fault$/],
  ],
];

/** Numbers of parameters that there cannot be. */
const counts: readonly (readonly [name: string, count: string])[] = [
  ['has minus one parameter', '-1'],
  ['has half a parameter', '0.5'],
  ['has more parameters than can be counted', '10**300'],
];

/** Believed by nobody, so that they change nothing. */
const idle: readonly HostileCase[] = [
  {
    name: 'praises itself beside its answers',
    sources: answering(
      `header = {**header, '__proto__': {'ok': True}, 'loss': 0.0, 'bitsPerByte': 0.0, 'score': 1}`,
    ),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'sends more than was asked for beside an answer',
    sources: answering(`if 'step' in header: body = bytes(100_000)`),
    ends: COMPLETED,
    inVain: true,
  },
];

export const frames: readonly HostileCase[] = [
  ...unasked,
  ...distorted,
  ...lies.map(([name, python, ends]) => ({ name, sources: answering(python), ends })),
  ...counts.map(([name, count]) => ({
    name,
    sources: atImport(`tricks.host('learner').count_parameters = lambda model, context: ${count}`),
    ends: malformed(/^build: answer's parameters/),
  })),
  ...idle,
];
