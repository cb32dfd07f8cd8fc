/** Models that lie about what they are: names, types, shapes and sizes of tensors, and values that are none. */
import { atFifthStep, atImport, COMPLETED, type HostileCase, packing, project, whenBuilt } from '../case.ts';

type Row = readonly [name: string, python: string, ends: HostileCase['ends']];
const malformed = (detail: RegExp) => ['malformed', detail] as const;
const ended = (detail: RegExp) => ['learner-ended', detail] as const;
const OVER_LIMIT = ['over-limit', /^snapshot, step 0: .*state is over/] as const;

const changing: readonly HostileCase[] = [
  {
    name: 'grows a tensor between two snapshots',
    sources: atFifthStep(`self.register_buffer('memory', torch.zeros(8))`),
    ends: malformed(/^snapshot, step 24: tensor .*memory/),
  },
  {
    name: 'a tensor is longer at the second snapshot than at the first',
    sources: atFifthStep(`self.usual = nn.Parameter(torch.zeros(512)[:256].repeat(2))
self.usual.data = self.usual.data[:512]
honest.Model.forward = lambda self, tokens: 10.0 * self.table(tokens) + 300.0 * self.usual[:256]`),
    ends: malformed(/^snapshot, step 24: tensor .*\[512\]/),
  },
  {
    name: 'a tensor changes its type between two snapshots',
    sources: atFifthStep(`
del self.usual
self.register_buffer('usual', torch.zeros(256, dtype=torch.float64))`),
    ends: malformed(/^snapshot, step 24: tensor .*float64/),
  },
  {
    name: 'one weight becomes NaN',
    sources: atFifthStep(`self.usual.data[7] = float('nan')`),
    ends: ['non-finite', /^snapshot, step 24: tensor .* holds NaN/],
    fast: true,
  },
  {
    name: 'one weight becomes infinite',
    sources: atFifthStep(`self.usual.data[7] = float('-inf')`),
    ends: ['non-finite', /^snapshot, step 24: tensor .* holds NaN/],
  },
];

/** What becomes of a snapshot on its way to the judge. */
const declared: readonly Row[] = [
  [
    'declares more bytes than it sends',
    'data = data[:-4]',
    malformed(/^snapshot, step 0: \d+ bytes (of the optimizer's state )?declared, \d+ came/),
  ],
  [
    'sends more bytes than it declares',
    'data += bytes(4096)',
    malformed(/^snapshot, step 0: \d+ bytes (of the optimizer's state )?declared, \d+ came/),
  ],
  [
    'two tensors have one name',
    'tensors, data = tensors * 2, data * 2',
    malformed(/^snapshot, step 0: two tensors have one name/),
  ],
  [
    'declares more elements than there are atoms',
    `tensors = [{**tensors[0], 'shape': [2**40] * 8}]`,
    OVER_LIMIT,
  ],
  [
    'hides a universe in a tensor without elements',
    `tensors.append({'name': 'z', 'dtype': 'float32', 'shape': [0, 2**40, 2**40]})`,
    ended(/^load, step 4: StateError: .*unknown \['z'\]/),
  ],
  ['declares nothing', `tensors, data = [], b''`, malformed(/^snapshot, step 0: answer's tensors/)],
  [
    'declares ten thousand tensors',
    `tensors += [{'name': f't{i}', 'dtype': 'bool', 'shape': [0]} for i in range(10_000)]`,
    malformed(/^snapshot, step 0: answer's tensors/),
  ],
  [
    'a negative size',
    `tensors[0]['shape'] = [-256, -256]`,
    malformed(/^snapshot, step 0: answer's tensors.0.shape/),
  ],
  [
    'half a size',
    `tensors[0]['shape'] = [0.5, 131072]`,
    malformed(/^snapshot, step 0: answer's tensors.0.shape/),
  ],
  [
    'ninety-nine dimensions',
    `tensors[0]['shape'] = [1] * 97 + [256, 256]`,
    malformed(/^snapshot, step 0: answer's tensors.0.shape/),
  ],
  [
    'a type that there is not',
    `tensors[0]['dtype'] = 'float8'`,
    malformed(/^snapshot, step 0: answer's tensors.0.dtype/),
  ],
  [
    'floats declared as whole numbers',
    `tensors[0]['dtype'] = 'int32'`,
    malformed(/^snapshot, step 4: the optimizer's tensor exp_avg.table.weight belongs to no tensor/),
  ],
  [
    'NaN declared as whole numbers',
    `tensors[1]['dtype'], data = 'int32', data[:-1024] + b'\\xff' * 1024`,
    malformed(/^snapshot, step 4: the optimizer's tensor exp_avg.usual belongs to no tensor/),
  ],
  [
    'a matrix declared as a row',
    `tensors[0]['shape'] = [65536]`,
    malformed(/^snapshot, step 4: the optimizer's tensor exp_avg.table.weight belongs to no tensor/),
  ],
  [
    'a name without a letter',
    `tensors[0]['name'] = ''`,
    malformed(/^snapshot, step 0: answer's tensors.0.name/),
  ],
  [
    'a name of a megabyte',
    `tensors[0]['name'] = 'n' * 900_000`,
    malformed(/^snapshot, step 0: answer's tensors.0.name/),
  ],
  [
    'a name that is no text',
    `tensors[0]['name'] = '\\ud800\\x00../../x'`,
    malformed(/^snapshot, step 4: the optimizer's tensor exp_avg.table.weight belongs to no tensor/),
  ],
];

const sized: readonly HostileCase[] = [
  {
    name: 'carries 8 MB in a buffer',
    sources: whenBuilt(`model.register_buffer('ballast', torch.zeros(2_000_000))`),
    ends: OVER_LIMIT,
    fast: true,
  },
  {
    name: 'carries 80 MB in a buffer',
    sources: whenBuilt(`model.register_buffer('ballast', torch.zeros(20_000_000))`),
    ends: malformed(/^snapshot, step 0: .*announced/),
  },
  {
    name: 'has more parameters than the probe allows',
    sources: whenBuilt('model.ballast = nn.Linear(1024, 1024)'),
    ends: ended(/^build: ContractError: .*parameters/),
  },
  {
    name: 'keeps the host from counting its parameters',
    sources: project(`
tricks.host('learner').count_parameters = lambda model, context: 1


def build_model(ctx):
    model = honest.build_model(ctx)
    model.ballast = nn.Linear(2048, 1024)
    return model
`),
    ends: OVER_LIMIT,
  },
];

const impossible: readonly HostileCase[] = [
  {
    name: 'build_model returns a string',
    sources: project(`def build_model(ctx): return 'the best model of all'`),
    ends: ended(/^build: ContractError: .*str/),
  },
  {
    name: 'there is no build_model',
    sources: project('pass'),
    ends: ended(/^build: ContractError: .*no function build_model/),
  },
  {
    name: 'has no parameters',
    sources: project('def build_model(ctx): return nn.Identity()'),
    ends: ended(/^build: ContractError: .*0 parameters/),
  },
  {
    name: 'has a complex weight',
    sources: whenBuilt(`model.register_buffer('phase', torch.zeros(4, dtype=torch.complex64))`),
    ends: ended(/^snapshot, step 0: .*complex64/),
  },
  {
    name: 'has a sparse weight',
    sources: whenBuilt(`model.register_buffer('sparse', torch.zeros(4, 4).to_sparse())`),
    ends: ended(/^snapshot, step 0: StateError: .*sparse/),
  },
  {
    name: 'its state holds what is no tensor',
    sources: project(`
class Model(honest.Model):
    def get_extra_state(self):
        return {'weights': [1.0] * 1000}

    def set_extra_state(self, state):
        pass


def build_model(ctx):
    return Model()
`),
    ends: ended(/^snapshot, step 0: StateError: .*only tensors/),
  },
  {
    name: 'a tensor lies about its own shape',
    sources: project(`
class Liar(torch.Tensor):
    @property
    def shape(self):
        return [2**40] * 8


class Model(honest.Model):
    def state_dict(self, *arguments, **options):
        found = super().state_dict(*arguments, **options)
        return {name: value.as_subclass(Liar) for name, value in found.items()}


def build_model(ctx):
    return Model()
`),
    ends: OVER_LIMIT,
  },
  {
    name: 'is another model in the predictor than in the trainer',
    sources: project(`
def build_model(ctx):
    model = honest.build_model(ctx)
    if not tricks.is_trainer():
        model.second = nn.Embedding(256, 256)
    return model
`),
    ends: ended(/^load, step 4: StateError: .*missing \['second.weight'\]/),
  },
  {
    name: 'the predictor does not load what was trained',
    sources: atImport(`tricks.host('learner').unpack_into = lambda model, described, body: None`),
    ends: COMPLETED,
  },
];

export const tensors: readonly HostileCase[] = [
  ...changing,
  ...declared.map(([name, python, ends]) => ({ name, sources: packing(python), ends })),
  ...sized,
  ...impossible,
];
