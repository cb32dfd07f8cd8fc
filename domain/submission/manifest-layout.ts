/**
 * From a manifest and the files that are there to the project's layout: each component's entrypoint and declared files, by exact
 * paths.
 *
 * Defaults, all in the manifest's folder: the architecture's entrypoint is `model.py`, else `agent.py`. The recipe's is the
 * architecture's, since one file may hold both; for `training_for_arch` it is `training.py` if there, else the architecture's
 * default. A component's files are those declared and its entrypoint: what these import is found in review, not here.
 */
import type { z } from 'zod';
import type { componentSchema, layoutSchema } from '../events/submission.ts';
import { printable, refuse } from './intake-codes.ts';
import type { Manifest, ManifestSection } from './manifest.ts';
import { nearest } from './manifest-suggestion.ts';

/** Paths are relative to the project's root; `files` are sorted by UTF-16 code units and hold the entrypoint. */
export type ProjectLayout = z.infer<typeof layoutSchema>;
type Component = z.infer<typeof componentSchema>;

export const DEFAULT_ENTRYPOINTS = ['model.py', 'agent.py'] as const;
export const DEFAULT_RECIPE_ENTRYPOINT = 'training.py';

const NAME = /(^|\/)prism\.ya?ml$/;

/** Path of the project's manifest, at any depth, or null. Throws `IntakeRefusal` for several, or for one in upper case. */
export function findManifest(paths: Iterable<string>): string | null {
  const found = [...paths].filter((path) => NAME.test(path.toLowerCase()));
  const [first, second] = found;
  if (first === undefined) return null;
  if (second !== undefined)
    refuse('manifest-several', second, `there are both ${printable(first)} and ${printable(second)}`);
  if (!NAME.test(first)) refuse('manifest-misnamed', first);
  return first;
}

interface Place {
  readonly manifestPath: string | null;
  /** The manifest's folder with its `/`, or empty. */
  readonly folder: string;
  readonly paths: ReadonlySet<string>;
}

/**
 * @param manifestPath null where there is no manifest: then `manifest` is `DEFAULT_MANIFEST`
 * @param paths all files of the project
 * @throws IntakeRefusal
 */
export function resolveLayout(
  manifest: Manifest,
  manifestPath: string | null,
  paths: ReadonlySet<string>,
): ProjectLayout {
  const folder = manifestPath === null ? '' : manifestPath.slice(0, manifestPath.lastIndexOf('/') + 1);
  const place: Place = { manifestPath, folder, paths };
  const { kind, architectureId } = manifest;
  const usual = DEFAULT_ENTRYPOINTS.map((name) => folder + name);
  const hasArchitecture = kind !== 'training_for_arch' || manifest.architecture !== null;
  const architecture = hasArchitecture
    ? componentOf('architecture', manifest.architecture, usual, place)
    : null;
  if (kind === 'architecture_only') return { kind, architectureId, architecture, training: null };
  const shared = architecture === null ? usual : [architecture.entrypoint];
  const defaults = kind === 'full' ? shared : [folder + DEFAULT_RECIPE_ENTRYPOINT, ...shared];
  const training = componentOf('training', manifest.training, defaults, place);
  return { kind, architectureId, architecture, training };
}

/** @param defaults paths of which the first that is there is the entrypoint, where the section names none */
function componentOf(
  name: 'architecture' | 'training',
  section: ManifestSection | null,
  defaults: readonly string[],
  place: Place,
): Component {
  const written = section?.entrypoint ?? null;
  const entrypoint =
    written === null ? firstPresent(defaults, place) : declared(written, `${name}.entrypoint`, place);
  if (!entrypoint.endsWith('.py')) {
    const detail = `\`${name}.entrypoint\` is ${printable(entrypoint)}, not a .py file`;
    refuse('manifest-invalid', place.manifestPath, detail);
  }
  const files = (section?.files ?? []).map((path) => declared(path, `${name}.files`, place));
  return { entrypoint, files: [...new Set([entrypoint, ...files])].sort() };
}

function firstPresent(candidates: readonly string[], { manifestPath, paths }: Place): string {
  const found = candidates.find((path) => paths.has(path));
  if (found !== undefined) return found;
  const wanted = candidates.map(printable).join(', no ');
  return refuse('entrypoint-missing', manifestPath, `there is no ${wanted}${pythonFiles(paths)}`);
}

/** What is there instead: it helps to see that the project lies a folder too deep. */
function pythonFiles(paths: ReadonlySet<string>): string {
  const python = [...paths].filter((path) => path.endsWith('.py')).sort();
  if (python.length === 0) return ' and no other .py file';
  const shown = python.slice(0, 3).map(printable).join(', ');
  return `; its .py files are ${shown}${python.length > 3 ? ` and ${python.length - 3} more` : ''}`;
}

/** A path as the manifest writes it: exact, from the manifest's folder downwards; a leading `./` is allowed. */
function declared(written: string, key: string, { manifestPath, folder, paths }: Place): string {
  const path = folder + (written.startsWith('./') ? written.slice(2) : written);
  if (paths.has(path)) return path;
  const isFolder = [...paths].some((one) => one.startsWith(path.endsWith('/') ? path : `${path}/`));
  const near = nearest(path, paths);
  const hint =
    near === null
      ? ''
      : `; did you mean ${printable(near.slice(near.startsWith(folder) ? folder.length : 0))}?`;
  const problem = isFolder ? ', a folder: name each of its files' : `, which is not in the archive${hint}`;
  return refuse('manifest-file-missing', manifestPath, `\`${key}\` names ${printable(written)}${problem}`);
}
