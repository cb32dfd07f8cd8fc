/** Signed notes (C2SP signed-note): a text, a blank line, one line per signature. */
import { fromBase64, toBase64 } from './base64.ts';
import { isKeyName, type NoteSigner, type NoteVerifier } from './keys.ts';
import { LogError } from './log-error.ts';

const SIGNATURE_MARK = '— ';
const KEY_ID_BYTES = 4;
// The format asks for at least 16. A limit keeps a hostile note from costing more than it is worth.
const MAX_SIGNATURES = 100;

interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Buffer;
}

export interface SignedNote {
  /** What is signed: everything up to the blank line, its own final newline included. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Reads a note without believing it. Throws `LogError` `bad-note`. */
export function parseNote(note: Buffer): SignedNote {
  const whole = note.toString('utf8');
  if (!Buffer.from(whole, 'utf8').equals(note)) throw new LogError('bad-note', 'is not valid UTF-8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is checked
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new LogError('bad-note', 'holds a control character');
  const blank = whole.lastIndexOf('\n\n');
  if (blank < 0 || !whole.endsWith('\n')) {
    throw new LogError(
      'bad-note',
      'is not a text, a blank line and signature lines, each ending in a newline',
    );
  }
  const lines = whole.slice(blank + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES)
    throw new LogError('bad-note', `has more than ${MAX_SIGNATURES} signatures`);
  return { text: whole.slice(0, blank + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [name = '', base64 = '', ...rest] = line.slice(SIGNATURE_MARK.length).split(' ');
  const bytes = fromBase64(base64);
  const wellFormed = line.startsWith(SIGNATURE_MARK) && isKeyName(name) && rest.length === 0;
  if (!wellFormed || bytes === null || bytes.length <= KEY_ID_BYTES) {
    throw new LogError('bad-note', `has a malformed signature line: ${JSON.stringify(line)}`);
  }
  return {
    name,
    keyId: bytes.subarray(0, KEY_ID_BYTES).toString('hex'),
    signature: bytes.subarray(KEY_ID_BYTES),
  };
}

/**
 * Returns the text of a note that `verifier` signed. Signatures of other keys (witnesses) are ignored, as the format asks. Throws
 * `LogError`: `bad-note`, or `bad-signature` where the key's signature is absent, there twice, or wrong.
 */
export function openNote(note: Buffer, verifier: NoteVerifier): string {
  const { text, signatures } = parseNote(note);
  const ours = signatures.filter(({ name, keyId }) => name === verifier.name && keyId === verifier.keyId);
  const [only] = ours;
  const key = `${verifier.name}+${verifier.keyId}`;
  if (only === undefined) throw new LogError('bad-signature', `has no signature by the key ${key}`);
  if (ours.length > 1) throw new LogError('bad-signature', `has ${ours.length} signatures by the key ${key}`);
  if (!verifier.verify(Buffer.from(text, 'utf8'), only.signature)) {
    throw new LogError('bad-signature', `the signature by the key ${key} is not valid`);
  }
  return text;
}

/** Signs `text`, which ends in a newline. */
export function signNote(text: string, signer: NoteSigner): Buffer {
  const signature = signer.sign(Buffer.from(text, 'utf8'));
  const base64 = toBase64(Buffer.concat([Buffer.from(signer.keyId, 'hex'), signature]));
  const note = Buffer.from(`${text}\n${SIGNATURE_MARK}${signer.name} ${base64}\n`, 'utf8');
  parseNote(note);
  return note;
}
