/** The plain network that most honest projects are about. */
import { fixture, type Sources } from '../case.ts';

export const PLAIN = fixture('honest/plain.py');
export const BUILD = `from plain import Plain


def build_model(ctx):
    return Plain()
`;

/** The plain network with this beside it, in one file. */
export const plainWith = (python: string, top = ''): Sources => ({
  'plain.py': PLAIN,
  'model.py': `${top}${BUILD}\n\n${python.trim()}\n`,
});
