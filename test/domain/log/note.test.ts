import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from '../../../domain/log/checkpoint.ts';
import { EMPTY_ROOT } from '../../../domain/log/hashes.ts';
import { formatSkey, parseSkey, parseVkey, signerFromSeed } from '../../../domain/log/keys.ts';
import { LogError, type LogErrorCode } from '../../../domain/log/log-error.ts';
import { openNote, parseNote, signNote } from '../../../domain/log/note.ts';
import { KEY, ORIGIN } from './memory-log.ts';

const VERIFIER = parseVkey(KEY.vkey);
const TEXT = 'first line\n\nafter an empty line\n';

function codeOf(run: () => unknown): LogErrorCode | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof LogError) return error.code;
    throw error;
  }
}

/** A signature line of `signer` for `text`. */
function lineOf(text: string, signer = KEY): string {
  return signNote(text, signer).toString('utf8').split('\n\n').at(-1) ?? '';
}

describe('the example of Go’s golang.org/x/mod/sumdb/note', () => {
  const skey = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
  const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const text =
    'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
      '’',
      "'",
    );
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

  test('is signed to the same note', () => {
    expect(signNote(text, parseSkey(skey)).toString()).toBe(note);
    expect(parseSkey(skey).vkey).toBe(vkey);
  });

  test('is verified', () => {
    expect(openNote(Buffer.from(note), parseVkey(vkey))).toBe(text);
  });
});

describe('keys', () => {
  test('are read back as they were written', () => {
    const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seed, (bytes) => {
        const signer = signerFromSeed(ORIGIN, bytes);
        expect(parseSkey(formatSkey(ORIGIN, bytes)).vkey).toBe(signer.vkey);
        expect(parseVkey(signer.vkey).vkey).toBe(signer.vkey);
      }),
    );
  });

  const [name = '', id = '', base64 = ''] = KEY.vkey.split(/\+(?=[0-9a-f]{8}\+)|(?<=\+[0-9a-f]{8})\+/);

  test.each([
    ['another name', `${name}x+${id}+${base64}`],
    ['another key id', `${name}+00000000+${base64}`],
    ['an upper-case key id', `${name}+${id.toUpperCase()}+${base64}`],
    ['padding too much', `${KEY.vkey}=`],
    ['a final newline', `${KEY.vkey}\n`],
    ['a space in the name', `a b+${id}+${base64}`],
    [
      'another kind of key',
      `${name}+${id}+${Buffer.concat([Buffer.of(2), Buffer.alloc(32)]).toString('base64')}`,
    ],
    ['a short key', `${name}+${id}+${Buffer.concat([Buffer.of(1), Buffer.alloc(31)]).toString('base64')}`],
    ['nothing', ''],
  ])('with %s are refused', (_, text) => {
    expect(codeOf(() => parseVkey(text))).toBe('bad-key');
    expect(codeOf(() => parseSkey(`PRIVATE+KEY+${text}`))).toBe('bad-key');
  });

  test('a message about a private key repeats nothing of it', () => {
    const skey = formatSkey(ORIGIN, Buffer.alloc(32, 7));
    for (const broken of [`${skey}x`, skey.slice(0, -1), skey.replace('PRIVATE', 'PUBLIC')]) {
      try {
        parseSkey(broken);
        throw new Error('the broken key was read');
      } catch (error) {
        expect(String(error)).toContain('key');
        expect(String(error)).not.toContain(skey.slice(-20, -4));
      }
    }
  });
});

describe('notes', () => {
  test('with signatures of other keys are read for ours', () => {
    const lines = Array.from({ length: 16 }, (_, at) =>
      lineOf(TEXT, signerFromSeed(`witness${at}.example`, Buffer.alloc(32, at))),
    );
    const note = Buffer.from(
      `${TEXT}\n${lines.slice(0, 8).join('')}${lineOf(TEXT)}${lines.slice(8).join('')}`,
    );
    expect(openNote(note, VERIFIER)).toBe(TEXT);
  });

  test('signed by another key of the same name only are refused', () => {
    const note = signNote(TEXT, signerFromSeed(ORIGIN, Buffer.alloc(32, 8)));
    expect(codeOf(() => openNote(note, VERIFIER))).toBe('bad-signature');
  });

  test.each([
    ['the text', `x${TEXT}\n${lineOf(TEXT)}`],
    ['a signature that is there twice', `${TEXT}\n${lineOf(TEXT)}${lineOf(TEXT)}`],
    ['a signature of another text', `${TEXT}\n${lineOf(`${TEXT}.\n`)}`],
  ])('with %s changed are refused', (_, note) => {
    expect(codeOf(() => openNote(Buffer.from(note), VERIFIER))).toBe('bad-signature');
  });

  test.each([
    ['no signature', `${TEXT}\n`],
    ['no blank line', `text\n${lineOf('text\n')}`],
    ['no final newline', `${TEXT}\n${lineOf(TEXT)}`.slice(0, -1)],
    ['a carriage return', `${TEXT}\r\n\n${lineOf(TEXT)}`],
    ['a hyphen for the dash', `${TEXT}\n${lineOf(TEXT).replace('—', '-')}`],
    ['two spaces', `${TEXT}\n${lineOf(TEXT).replace('— ', '—  ')}`],
    [
      'stray base64 bits',
      `${TEXT}\n${lineOf(TEXT).replace(/.=\n$/, (end) => `${end[0] === '9' ? '8' : '9'}=\n`)}`,
    ],
    ['a signature without padding', `${TEXT}\n${lineOf(TEXT).replace(/=+\n$/, '\n')}`],
    ['only a key id', `${TEXT}\n— ${ORIGIN} AAAAAA==\n`],
    ['too many signatures', `${TEXT}\n${lineOf(TEXT, signerFromSeed('a', Buffer.alloc(32))).repeat(101)}`],
  ])('with %s are refused', (_, note) => {
    expect(codeOf(() => openNote(Buffer.from(note), VERIFIER))).toBe('bad-note');
  });

  test('that are not UTF-8 are refused', () => {
    const note = Buffer.concat([Buffer.of(0xff), signNote(TEXT, KEY)]);
    expect(codeOf(() => openNote(note, VERIFIER))).toBe('bad-note');
  });

  test('any bytes are a note or a LogError', () => {
    const noteLike = fc
      .tuple(fc.string({ unit: 'binary' }), fc.string())
      .map(([text, rest]) => `${text}\n\n— ${rest}\n`);
    const anything = fc.oneof(
      fc.uint8Array(),
      noteLike.map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(anything, (bytes) =>
        expect([null, 'bad-note']).toContain(codeOf(() => parseNote(Buffer.from(bytes)))),
      ),
    );
  });
});

describe('checkpoints', () => {
  const root = Buffer.alloc(32, 3);

  test('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (size) => {
        const checkpoint = { origin: ORIGIN, size, root };
        expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
        expect(openCheckpoint(signCheckpoint(size, root, KEY).note, VERIFIER)).toMatchObject(checkpoint);
      }),
    );
  });

  const base64 = root.toString('base64');

  test.each([
    ['an extension line', `${ORIGIN}\n5\n${base64}\nmore\n`],
    ['no origin', `\n5\n${base64}\n`],
    ['a space in the origin', `a b\n5\n${base64}\n`],
    ['a leading zero', `${ORIGIN}\n05\n${base64}\n`],
    ['a sign', `${ORIGIN}\n+5\n${base64}\n`],
    ['a fraction', `${ORIGIN}\n5.0\n${base64}\n`],
    ['a size past 2^53', `${ORIGIN}\n9007199254740992\n${base64}\n`],
    ['a short root', `${ORIGIN}\n5\n${Buffer.alloc(31).toString('base64')}\n`],
    ['stray base64 bits', `${ORIGIN}\n5\n${base64.replace(/.=$/, 'N=')}\n`],
    ['a root for nothing', `${ORIGIN}\n0\n${base64}\n`],
    ['no root', `${ORIGIN}\n5\n`],
    ['no final newline', `${ORIGIN}\n5\n${base64}`],
  ])('with %s are refused', (_, text) => {
    expect(codeOf(() => parseCheckpoint(text))).toBe('bad-checkpoint');
  });

  test('of the empty log have the root of the empty tree', () => {
    expect(parseCheckpoint(formatCheckpoint({ origin: ORIGIN, size: 0, root: EMPTY_ROOT })).size).toBe(0);
  });

  test('of another log, signed by our key, are refused', () => {
    const note = signNote(formatCheckpoint({ origin: 'other.example/log', size: 5, root }), KEY);
    expect(codeOf(() => openCheckpoint(note, VERIFIER))).toBe('wrong-origin');
  });
});
