/**
 * `prism.yaml`: what a project is and where its parts are. Strict: a key that means nothing, or nothing for this kind, is an error,
 * since a miner who wrote it meant something by it.
 *
 * | key | meaning |
 * |---|---|
 * | `kind` | `full` (default), `architecture_only`, or `training_for_arch` |
 * | `architecture_id` | the family that a `training_for_arch` is for (its UUID); required there and refused elsewhere |
 * | `architecture` | `entrypoint` and `files` of the model; for `training_for_arch` a copy may be shipped |
 * | `training` | `entrypoint` and `files` of the recipe; refused for `architecture_only` |
 */
import { z } from 'zod';
import { uuidSchema } from '../events/envelope.ts';
import { printable, refuse } from './intake-codes.ts';
import { nearest } from './manifest-suggestion.ts';

export const KINDS = ['full', 'architecture_only', 'training_for_arch'] as const;
export type ProjectKind = (typeof KINDS)[number];

const pathSchema = z.string('must be a path').min(1, 'must not be empty').max(512, 'is too long for a path');

const sectionSchema = z.strictObject(
  {
    entrypoint: pathSchema.optional(),
    files: z
      .union(
        [pathSchema.transform((path) => [path]), z.array(pathSchema).max(200)],
        'must be a path or a list of at most 200 paths',
      )
      .optional(),
  },
  sectionError('must be a mapping with `entrypoint`, `files` or both'),
);

const manifestSchema = z.strictObject(
  {
    kind: z.string('must be text').default('full'),
    architecture_id: z.string('must be text').optional(),
    architecture: sectionSchema.optional(),
    training: sectionSchema.optional(),
  },
  sectionError('must be a mapping, such as `kind: full`'),
);

export interface ManifestSection {
  /** As written; null where the default applies. */
  readonly entrypoint: string | null;
  readonly files: readonly string[];
}

export interface Manifest {
  readonly kind: ProjectKind;
  readonly architectureId: string | null;
  /** Null where the manifest has no such section. */
  readonly architecture: ManifestSection | null;
  readonly training: ManifestSection | null;
}

/** What holds without a manifest. */
export const DEFAULT_MANIFEST: Manifest = {
  kind: 'full',
  architectureId: null,
  architecture: null,
  training: null,
};

/**
 * Checks a manifest's plain data (as YAML gave it).
 * @param path of the manifest, for messages
 * @throws IntakeRefusal
 */
export function parseManifest(data: unknown, path: string): Manifest {
  const parsed = manifestSchema.safeParse(data);
  if (!parsed.success) return refuseIssue(parsed.error.issues[0], path);
  const { kind: kindText, architecture_id: architectureId, architecture, training } = parsed.data;
  const kind = kindOf(kindText, path);
  checkKindRules(kind, parsed.data, path);
  return {
    kind,
    architectureId: architectureId ?? null,
    architecture: architecture === undefined ? null : sectionOf(architecture),
    training: training === undefined ? null : sectionOf(training),
  };
}

function sectionOf(section: z.infer<typeof sectionSchema>): ManifestSection {
  return { entrypoint: section.entrypoint ?? null, files: section.files ?? [] };
}

function kindOf(text: string, path: string): ProjectKind {
  const kind = KINDS.find((one) => one === text);
  return (
    kind ??
    refuse(
      'manifest-invalid',
      path,
      `\`kind\` is \`${printable(text)}\`, not one of ${listed(KINDS)}${suggestion(text, KINDS)}`,
    )
  );
}

function checkKindRules(kind: ProjectKind, manifest: z.infer<typeof manifestSchema>, path: string): void {
  const id = manifest.architecture_id;
  if (kind === 'training_for_arch') {
    if (id === undefined)
      refuse(
        'manifest-invalid',
        path,
        '`training_for_arch` needs `architecture_id`, the UUID of the family it is for',
      );
    if (!uuidSchema.safeParse(id).success)
      refuse('manifest-invalid', path, `\`architecture_id\` is \`${printable(id)}\`, not a lower-case UUID`);
  } else if (id !== undefined) {
    refuse(
      'manifest-invalid',
      path,
      `\`architecture_id\` is for the kind \`training_for_arch\`; this is \`${kind}\``,
    );
  }
  if (kind === 'architecture_only' && manifest.training !== undefined) {
    refuse(
      'manifest-invalid',
      path,
      'the kind `architecture_only` has no `training` section; for both parts the kind is `full`',
    );
  }
}

/** An unknown key keeps its own code; anything else wrong with an object is `message`. */
function sectionError(message: string): { error: (issue: { readonly code?: string }) => string | undefined } {
  return { error: (issue) => (issue.code === 'unrecognized_keys' ? undefined : message) };
}

function refuseIssue(issue: z.core.$ZodIssue | undefined, path: string): never {
  const where =
    issue === undefined || issue.path.length === 0 ? 'it' : `\`${printable(issue.path.join('.'))}\``;
  if (issue?.code !== 'unrecognized_keys')
    return refuse('manifest-invalid', path, `${where} ${issue?.message ?? 'is not valid'}`);
  const key = String(issue.keys[0]);
  const known =
    issue.path.length === 0 ? Object.keys(manifestSchema.shape) : Object.keys(sectionSchema.shape);
  const place = issue.path.length === 0 ? '' : ` in ${where}`;
  return refuse(
    'manifest-unknown-key',
    path,
    `unknown key \`${printable(key)}\`${place}${suggestion(key, known)}; known are ${listed(known)}`,
  );
}

function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `; did you mean \`${near}\`?`;
}

function listed(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}
