/** Ed25519 keys of signed notes (C2SP signed-note, signature type 0x01). */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { fromBase64, toBase64 } from './base64.ts';
import { LogError } from './log-error.ts';

const ED25519 = 0x01;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
// What stands before the 32 key bytes in the encodings that node:crypto reads (RFC 8410: PKCS #8 and SubjectPublicKeyInfo).
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SKEY_PREFIX = 'PRIVATE+KEY+';

/** A public key under its name. */
export interface NoteVerifier {
  readonly name: string;
  /** Eight lower-case hex digits: the first four bytes of `SHA-256(name || 0x0A || 0x01 || public key)`. */
  readonly keyId: string;
  /** `<name>+<key id>+<base64(0x01 || public key)>`. */
  readonly vkey: string;
  verify(text: Buffer, signature: Buffer): boolean;
}

/** A private key under its name. */
export interface NoteSigner {
  readonly name: string;
  readonly keyId: string;
  /** The public key, to be given to those who verify. */
  readonly vkey: string;
  sign(text: Buffer): Buffer;
}

/** A name is not empty and has no `+`, space or control character. */
export function isKeyName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is checked
  return name !== '' && name.isWellFormed() && !/[\s+\u0000-\u001f\u007f-\u009f]/u.test(name);
}

function keyIdOf(name: string, publicKey: Buffer): string {
  const input = Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), Buffer.of(ED25519), publicKey]);
  return hash('sha256', input, 'hex').slice(0, 8);
}

function formatKey(name: string, keyId: string, key: Buffer): string {
  return `${name}+${keyId}+${toBase64(Buffer.concat([Buffer.of(ED25519), key]))}`;
}

/** Name, key id and 32 key bytes of `<name>+<key id>+<base64>`. */
function parseKey(text: string, what: string): { name: string; keyId: string; key: Buffer } {
  const [name = '', keyId = '', ...rest] = text.split('+');
  // The base64 part may itself hold a plus sign.
  const typed = fromBase64(rest.join('+'));
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(keyId) || typed === null) {
    throw new LogError('bad-key', `not a ${what}: expected <name>+<8 hex digits>+<base64>`);
  }
  if (typed[0] !== ED25519 || typed.length !== 1 + KEY_BYTES) {
    throw new LogError('bad-key', `the ${what} of ${name} is not an Ed25519 key`);
  }
  return { name, keyId, key: typed.subarray(1) };
}

function verifierOf(name: string, publicKey: Buffer): NoteVerifier {
  const keyId = keyIdOf(name, publicKey);
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  return {
    name,
    keyId,
    vkey: formatKey(name, keyId, publicKey),
    verify: (text, signature) => signature.length === SIGNATURE_BYTES && verify(null, text, key, signature),
  };
}

function publicKeyOf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
}

/** Reads a verifier key (vkey). Throws `LogError` `bad-key`, also where its key id is not that of its name and key. */
export function parseVkey(text: string): NoteVerifier {
  const { name, keyId, key } = parseKey(text, 'verifier key');
  const verifier = verifierOf(name, key);
  if (verifier.keyId !== keyId) {
    throw new LogError(
      'bad-key',
      `the verifier key of ${name} says key id ${keyId}, but has ${verifier.keyId}`,
    );
  }
  return verifier;
}

/** A signer from its Ed25519 seed (32 secret bytes). Throws `LogError` `bad-key` for a bad name or length. */
export function signerFromSeed(name: string, seed: Uint8Array): NoteSigner {
  if (!isKeyName(name)) throw new LogError('bad-key', `not a key name: ${JSON.stringify(name)}`);
  if (seed.length !== KEY_BYTES)
    throw new LogError('bad-key', `a seed has ${KEY_BYTES} bytes, not ${seed.length}`);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const { keyId, vkey } = verifierOf(name, publicKeyOf(key));
  return { name, keyId, vkey, sign: (text) => sign(null, text, key) };
}

/** The text of a private key: `PRIVATE+KEY+<name>+<key id>+<base64(0x01 || seed)>`. */
export function formatSkey(name: string, seed: Uint8Array): string {
  const { keyId } = signerFromSeed(name, seed);
  return `${SKEY_PREFIX}${formatKey(name, keyId, Buffer.from(seed))}`;
}

/** Reads a private key. Throws `LogError` `bad-key`; no message repeats any of the key. */
export function parseSkey(text: string): NoteSigner {
  if (!text.startsWith(SKEY_PREFIX))
    throw new LogError('bad-key', `a private key begins with ${SKEY_PREFIX}`);
  const { name, keyId, key } = parseKey(text.slice(SKEY_PREFIX.length), 'private key');
  const signer = signerFromSeed(name, key);
  if (signer.keyId !== keyId) {
    throw new LogError('bad-key', `the private key of ${name} says key id ${keyId}, but has ${signer.keyId}`);
  }
  return signer;
}
