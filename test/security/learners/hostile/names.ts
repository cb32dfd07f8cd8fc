/** Unicode and paths in the names of modules: files never touch a disk, and a project's names are its own. */
import { COMPLETED, fixture, type HostileCase, project, type Sources } from '../case.ts';

const honest = fixture('honest.py');
const ended = (detail: RegExp) => ['learner-ended', detail] as const;
const BOOM = `raise ImportError('the host imported it')`;

/** The honest project and files that lie in wait for the host. */
const beside = (files: Sources): Sources => ({ ...project('from honest import build_model'), ...files });

export const names: readonly HostileCase[] = [
  {
    name: 'files named as modules of Python, torch and the host lie in wait for them',
    sources: beside({
      'json.py': BOOM,
      'struct/__init__.py': BOOM,
      'prism_host/tensors.py': BOOM,
      'prism_host/__init__.py': BOOM,
      'prism_challenge/evaluator/interface.py': BOOM,
      'numpy.py': BOOM,
      'sitecustomize.py': BOOM,
      'encodings/utf_8.py': BOOM,
    }),
    ends: ended(/^build: ImportError: the host imported it$/),
  },
  {
    name: 'files that nothing of its own imports stay unused',
    sources: beside({
      'numpy.py': BOOM,
      'prism_host/tensors.py': BOOM,
      'sitecustomize.py': BOOM,
      'encodings/utf_8.py': BOOM,
    }),
    ends: COMPLETED,
    inVain: true,
    fast: true,
  },
  {
    name: 'a torch of its own is used by nobody but itself',
    sources: {
      'model.py': honest,
      'torch/__init__.py': 'from . import nn',
      'torch/nn.py': 'Module = object',
    },
    ends: ended(/^build: (AttributeError|ContractError|ImportError)/),
  },
  {
    name: 'paths that climb',
    sources: beside({
      '../../opt/prism/prism_host/serve.py': BOOM,
      '/opt/prism/prism_host/frames.py': BOOM,
      './a/../../tensors.py': BOOM,
      'C:\\\\host.py': BOOM,
    }),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'an entrypoint that climbs',
    sources: { '../model.py': honest },
    entrypoint: '../model.py',
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'look-alike, invisible and reversed letters in names',
    sources: beside({
      'h\u043enest.py': BOOM,
      'honest\u200b.py': BOOM,
      'honest\u202eyp.py': BOOM,
      'mode\uff4c.py': BOOM,
      '\u{1F525}.py': BOOM,
    }),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'names with a NUL, a line break and ten thousand letters',
    sources: beside({
      'a\0b.py': BOOM,
      'a\nb.py': BOOM,
      [`${'n'.repeat(10_000)}.py`]: BOOM,
      '.py': BOOM,
      'a..b.py': BOOM,
    }),
    ends: COMPLETED,
    inVain: true,
  },
  {
    name: 'a module and a folder of one name',
    sources: {
      'model.py': 'from honest import build_model',
      'honest.py': honest,
      'honest/__init__.py': BOOM,
    },
    ends: ended(/^build: ImportError/),
  },
  {
    name: 'a name of the host is taken for its own package',
    sources: { ...project('from honest import build_model'), '__main__.py': BOOM, '__init__.py': '' },
    ends: COMPLETED,
    inVain: true,
  },
];
