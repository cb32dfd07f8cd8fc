/**
 * Why intake turns a submission away: the one table of codes. A code never changes its meaning, since ledgers hold it;
 * `meaning` says what was found, `remedy` what the miner does about it. Messages and the miners' documentation come from here.
 */
import { z } from 'zod';

export interface IntakeCodeText {
  readonly meaning: string;
  readonly remedy: string;
}

const PACK_AGAIN = 'Pack the project again with an ordinary tool (`zip -r -X project.zip project`)';
const RENAME = 'Rename it (plain letters, digits, `_`, `-` and `.` always work)';

export const INTAKE_CODES = {
  // The archive as a whole
  'not-a-zip': {
    meaning: 'these bytes are not a ZIP archive',
    remedy: 'Send the bytes of a .zip file, not Base64 and not another format',
  },
  'archive-truncated': {
    meaning: 'the archive does not end in a ZIP end record',
    remedy: 'It was cut short or has bytes after its end: send the whole file, unchanged',
  },
  'archive-ambiguous': {
    meaning: 'the archive has more than one end record, so two tools may read two projects',
    remedy: PACK_AGAIN,
  },
  'archive-malformed': { meaning: 'a ZIP header is broken', remedy: PACK_AGAIN },
  'archive-empty': {
    meaning: 'the archive holds no file',
    remedy: 'Add the project: a `model.py`, or a `prism.yaml` that names the entrypoint',
  },
  'archive-too-large': {
    meaning: 'the archive is larger than allowed',
    remedy: 'Leave out what the model does not need',
  },
  zip64: {
    meaning: 'the archive uses ZIP64 fields, which a project of this size never needs',
    remedy: 'Pack files from disk instead of a pipe, or pass `-fz-` to `zip`',
  },
  'multi-disk': {
    meaning: 'the archive says that it is one of several volumes',
    remedy: 'Send one complete, unsplit archive',
  },
  'stray-bytes': { meaning: 'the archive holds bytes that belong to no entry', remedy: PACK_AGAIN },
  'hidden-entry': {
    meaning: 'the archive holds an entry that its directory does not list',
    remedy: PACK_AGAIN,
  },
  'overlapping-entries': { meaning: 'the bytes of two entries overlap', remedy: PACK_AGAIN },
  // How much
  'too-many-files': {
    meaning: 'the archive holds more files or folders than allowed',
    remedy: 'Leave out what the model does not need',
  },
  'file-too-large': {
    meaning: 'a file is larger than allowed',
    remedy: 'Make it smaller or leave it out; weights and data cannot be shipped',
  },
  'total-too-large': {
    meaning: 'the files together are larger than allowed',
    remedy: 'Leave out what the model does not need; weights and data cannot be shipped',
  },
  'ratio-too-high': {
    meaning: 'a file is compressed so highly that it looks like a bomb',
    remedy: 'Generate repetitive data in code instead of shipping it',
  },
  'payload-too-large': {
    meaning:
      'the project carries more information than allowed: its files, compressed together, pass the payload cap',
    remedy: 'Remove embedded tables, weights and text; a submission is an idea, not its result',
  },
  // One entry
  'header-mismatch': {
    meaning: 'the two headers of an entry disagree, so two tools may read two projects',
    remedy: PACK_AGAIN,
  },
  'size-mismatch': { meaning: 'an entry does not inflate to the size it states', remedy: PACK_AGAIN },
  'crc-mismatch': {
    meaning: 'an entry does not have the CRC-32 it states',
    remedy: `The file was damaged. ${PACK_AGAIN}`,
  },
  'corrupt-data': {
    meaning: 'the compressed bytes of an entry are not a DEFLATE stream',
    remedy: `The file was damaged. ${PACK_AGAIN}`,
  },
  'entry-encrypted': { meaning: 'an entry is encrypted', remedy: 'Make the archive without a password' },
  'method-unsupported': {
    meaning: 'an entry is neither stored nor deflated',
    remedy: 'Use the compression methods `store` or `deflate`',
  },
  'flags-unsupported': {
    meaning: 'an entry sets general purpose flags that are not understood',
    remedy: PACK_AGAIN,
  },
  'entry-symlink': {
    meaning: 'an entry is a symbolic link',
    remedy: 'Replace the link by the file it points to (`zip` does so without `-y`)',
  },
  'entry-special': {
    meaning: 'an entry is neither a regular file nor a folder',
    remedy: 'Ship regular files only',
  },
  'suffix-forbidden': {
    meaning: 'a file has a suffix that is not allowed',
    remedy: 'Allowed are .py .toml .yaml .yml .json .txt .md, in lower case; leave out everything else',
  },
  'system-file': {
    meaning: 'a file was left there by the operating system or by Python',
    remedy: "Delete it from the archive: `zip -d project.zip '__MACOSX/*' '*.DS_Store' '*__pycache__*'`",
  },
  'text-not-utf8': {
    meaning: 'a file is not valid UTF-8 text',
    remedy: 'Save it as UTF-8; binary files are not allowed',
  },
  // Names
  'path-traversal': { meaning: 'a path has a `..` segment', remedy: 'Pack from inside the project folder' },
  'path-absolute': { meaning: 'a path is absolute', remedy: 'Pack from inside the project folder' },
  'path-drive-letter': {
    meaning: 'a path has a drive letter',
    remedy: 'Pack from inside the project folder',
  },
  'path-backslash': {
    meaning: 'a path has a backslash',
    remedy: 'Use a tool that separates folders with `/`',
  },
  'path-control-character': { meaning: 'a path has a NUL or another control character', remedy: RENAME },
  'path-invisible-character': {
    meaning: 'a path has a character that cannot be seen or that turns the direction of text',
    remedy: RENAME,
  },
  'path-empty-segment': {
    meaning: 'a path is empty or has an empty or `.` segment',
    remedy: 'Pack from inside the project folder',
  },
  'path-not-utf8': {
    meaning: 'a path is not ASCII and not marked and valid as UTF-8',
    remedy: `${RENAME}, or pack with a tool that marks names as UTF-8 (\`python3 -m zipfile -c\`)`,
  },
  'path-not-nfc': { meaning: 'a path is not in Unicode normal form C', remedy: RENAME },
  'path-not-portable': {
    meaning:
      'a path cannot exist on every system: it has one of `< > : " | ? *`, or a segment ends in a dot or space',
    remedy: RENAME,
  },
  'path-device-name': { meaning: 'a path has a name that Windows reserves for a device', remedy: RENAME },
  'path-too-long': {
    meaning: 'a path is longer or deeper than allowed',
    remedy: 'Shorten names or flatten folders',
  },
  'path-duplicate': { meaning: 'two entries have the same path', remedy: PACK_AGAIN },
  'path-case-duplicate': {
    meaning: 'two paths differ only in case or in look-alike forms of a letter',
    remedy: 'Rename one of them',
  },
  'path-conflict': {
    meaning: 'a path is a file and also the folder of another file',
    remedy: 'Rename one of them',
  },
  // The manifest and what it names
  'manifest-several': { meaning: 'the project has more than one manifest', remedy: 'Keep one `prism.yaml`' },
  'manifest-misnamed': {
    meaning: 'the manifest has a name that would be overlooked',
    remedy: 'Name it `prism.yaml` or `prism.yml`, in lower case',
  },
  'manifest-too-large': {
    meaning: 'the manifest is larger than allowed',
    remedy: 'A manifest only names files: shorten it',
  },
  'manifest-not-yaml': {
    meaning: 'the manifest is not one plain YAML 1.2 document',
    remedy:
      'Use one document of plain mappings, lists and strings, without anchors, aliases, tags and repeated keys',
  },
  'manifest-unknown-key': {
    meaning: 'the manifest has a key that means nothing here',
    remedy: 'Correct or remove it',
  },
  'manifest-invalid': {
    meaning: 'the manifest does not say what a manifest says',
    remedy: 'See "The manifest" in the guide for miners',
  },
  'manifest-file-missing': {
    meaning: 'the manifest names a file that is not in the archive',
    remedy: "Paths are exact and start at the manifest's folder",
  },
  'entrypoint-missing': {
    meaning: 'the project has no entrypoint',
    remedy:
      'Add `model.py` at the top of the project, or name the file as `architecture.entrypoint` (for a recipe: `training.entrypoint`) in `prism.yaml`',
  },
} as const satisfies Record<string, IntakeCodeText>;

export type IntakeCode = keyof typeof INTAKE_CODES;

const codes = Object.keys(INTAKE_CODES) as IntakeCode[];
export const intakeCodeSchema = z.enum(codes);

/** What the miner gets, and what the event records. `path`: the entry it is about, made printable, or null. */
export interface Rejection {
  readonly code: IntakeCode;
  readonly message: string;
  readonly path: string | null;
}

/** How a check deep inside says no; `refusalOf` turns it back into a value at the edge. */
export class IntakeRefusal extends Error {
  readonly rejection: Rejection;
  constructor(rejection: Rejection) {
    super(rejection.message);
    this.name = 'IntakeRefusal';
    this.rejection = rejection;
  }
}

const MAX_DETAIL = 600;

/**
 * Throws an `IntakeRefusal` with the message `<path>: <detail>. <remedy>.`, at most 1,000 characters; `detail` defaults to the
 * code's meaning.
 */
export function refuse(code: IntakeCode, path: string | null, detail?: string): never {
  const { meaning, remedy } = INTAKE_CODES[code];
  const shown = path === null ? null : printable(path);
  const where = shown === null ? '' : `${shown}: `;
  const what = (detail ?? meaning).slice(0, MAX_DETAIL).toWellFormed();
  throw new IntakeRefusal({ code, message: `${where}${what}. ${remedy}.`, path: shown });
}

/** The rejection in what was caught. Any other error is not about the submission and goes on its way. */
export function refusalOf(caught: unknown): Rejection {
  if (caught instanceof IntakeRefusal) return caught.rejection;
  throw caught;
}

const MAX_SHOWN = 160;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;

/** A miner's string as it may stand in a message: unseen characters as `\u{...}`, cut to 160 characters and `...`. */
export function printable(text: string): string {
  let shown = '';
  for (const character of text) {
    shown += UNSEEN.test(character) ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}` : character;
    if (shown.length > MAX_SHOWN) return `${Array.from(shown).slice(0, MAX_SHOWN).join('')}...`;
  }
  return shown;
}
