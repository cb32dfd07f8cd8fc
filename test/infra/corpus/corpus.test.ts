import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../domain/events/canonical.ts';
import {
  buildCorpus,
  corpusByDigest,
  corpusOf,
  currentCorpus,
  openCorpus,
} from '../../../infra/corpus/index.ts';
import { forEachGram } from '../../../infra/corpus/repetition.ts';
import { manualText, podText } from '../../../infra/corpus/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'prism-corpus-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let root = '';
let into = '';
let made = 0;
beforeEach(() => {
  made += 1;
  root = join(folder, `root-${made}`);
  into = join(folder, `corpora-${made}`);
});

/** Text without repetition. */
const prose = (name: string, lines: number) =>
  Array.from({ length: lines }, (_, i) => `${sha256(`${name}/${i}`)} is line ${i} of ${name}\n`).join('');

/** Puts files under `root` as a package would. */
function install(packageName: string, files: { readonly [path: string]: string | Buffer }): void {
  const list = join(root, 'var/lib/dpkg/info', `${packageName}.list`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  mkdirSync(dirname(list), { recursive: true });
  writeFileSync(list, `/.\n${Object.keys(files).join('\n')}\n`);
}

const manual = (text: string) => gzipSync(`.\\" A licence that is not read.\n${text}`);
const build = (options: object = {}) => buildCorpus({ root, into, minBytes: 1, ...options });
const textOf = (corpus: string) => readFileSync(join(corpus, 'text.bin'), 'latin1');
const sourcesOf = (corpus: string): string[] => {
  const { documents } = JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8'));
  return documents.map(({ source }: { source: string }) => source);
};

describe('which text is taken', () => {
  test('manual pages and Perl documentation of the named packages, nothing else', () => {
    install('git-man', {
      '/usr/share/man/man1/git.1.gz': manual(prose('git', 20)),
      '/usr/share/man/de/man1/git.1.gz': manual(prose('git auf deutsch', 20)),
      '/usr/share/doc/git/readme': prose('readme', 20),
    });
    install('perl-modules-5.36', {
      '/usr/share/perl/5.36.0/Some.pm': `package Some;\n\n=head1 NAME\n\n${prose('pod', 20)}\n=cut\n\nsecret code\n`,
    });
    install('coreutils', { '/usr/share/man/man1/ls.1.gz': manual(prose('ls', 20)) });
    const corpus = build();
    expect(sourcesOf(corpus).toSorted()).toEqual([
      '/usr/share/man/man1/git.1.gz',
      '/usr/share/perl/5.36.0/Some.pm',
    ]);
    expect(textOf(corpus)).not.toMatch(/licence|secret code|readme|deutsch/);
  });

  test('listed files that were left out at installation, links and short or binary files are passed over', () => {
    install('manpages', {
      '/usr/share/man/man7/long.7.gz': manual(prose('long', 20)),
      '/usr/share/man/man7/gone.7.gz': manual(prose('gone', 20)),
      '/usr/share/man/man7/short.7.gz': manual('.so man7/long.7\n'),
      '/usr/share/man/man7/binary.7.gz': manual(`${prose('binary', 20)}\0`),
    });
    rmSync(join(root, '/usr/share/man/man7/gone.7.gz'));
    expect(sourcesOf(build())).toEqual(['/usr/share/man/man7/long.7.gz']);
  });

  test('lines that repeat an earlier document are dropped', () => {
    const licence = prose('licence', 30);
    install('manpages', {
      '/usr/share/man/man7/a.7.gz': manual(prose('a', 20) + licence),
      '/usr/share/man/man7/b.7.gz': manual(prose('b', 20) + licence),
      '/usr/share/man/man7/c.7.gz': manual(licence),
    });
    const text = textOf(build());
    expect(text.split('line 7 of licence\n')).toHaveLength(2);
    expect(text.split('line 7 of a\n')).toHaveLength(2);
    expect(text.split('line 7 of b\n')).toHaveLength(2);
  });

  test('no document is longer than 64 KiB, and all together not longer than asked', () => {
    const pages = ['a', 'b', 'c'].map((name) => [
      `/usr/share/man/man7/${name}.7.gz`,
      manual(prose(name, 2_000)),
    ]);
    install('manpages', Object.fromEntries(pages));
    const corpus = openCorpus(build({ maxBytes: 140_000 }));
    expect(corpus.windows(65_536).perDocument).toEqual([1, 1]);
  });

  test('what is no package-managed system, or has too little text, says what to do', () => {
    expect(() => build()).toThrow(/Debian/);
    install('manpages', { '/usr/share/man/man7/a.7.gz': manual(prose('a', 20)) });
    expect(() => buildCorpus({ root, into })).toThrow(/at least 1500000 .* install .*perl-doc/);
  });
});

describe('extraction', () => {
  test('comments go, requests stay', () => {
    expect(manualText(Buffer.from('\'\\" t\n.\\" c\n.TH X\n.\n\\fBx\\fR')).toString()).toBe(
      '.TH X\n.\n\\fBx\\fR',
    );
  });
  test('only what lies between directives', () => {
    expect(podText(Buffer.from('code;\n=pod\n\ntext\n\n=cut\ncode;\n=item x\ny')).toString()).toBe(
      '=pod\n\ntext\n\n=item x\ny',
    );
  });
});

describe('building and opening', () => {
  beforeEach(() => {
    install('manpages', {
      '/usr/share/man/man7/a.7.gz': manual(prose('a', 20)),
      '/usr/share/man/man7/b.7.gz': manual(prose('b', 33)),
    });
  });

  test('the same system gives the same corpus, in a folder named by its digest', () => {
    const corpus = build();
    expect(build()).toBe(corpus);
    expect(corpus).toBe(join(into, openCorpus(corpus).digest));
    expect(readdirSync(into)).toHaveLength(1);
  });

  test('windows are disjoint, in order, and cross no document', () => {
    const corpus = build();
    const text = readFileSync(join(corpus, 'text.bin'));
    const windows = openCorpus(corpus).windows(50);
    const { documents } = JSON.parse(readFileSync(join(corpus, 'manifest.json'), 'utf8'));
    let index = 0;
    let start = 0;
    for (const [d, { bytes }] of documents.entries()) {
      expect(windows.perDocument[d]).toBe(Math.floor(bytes / 50));
      for (let at = start; at + 50 <= start + bytes; at += 50) {
        expect(windows.at(index)).toEqual(text.subarray(at, at + 50));
        index += 1;
      }
      start += bytes;
    }
    expect(() => windows.at(index)).toThrow(RangeError);
    expect(() => openCorpus(corpus).windows(0)).toThrow(RangeError);
  });

  test.each([
    ['text.bin', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')]), /damaged in its length/],
    ['text.bin', (bytes: Buffer) => bytes.subarray(1), /damaged in the text of/],
    ['text.bin', (bytes: Buffer) => bytes.fill('y', 100, 101), /damaged in the text of/],
    ['manifest.json', () => Buffer.from('{"version":1,"documents":[]}'), /no readable manifest/],
    ['manifest.json', () => Buffer.from('{'), /no readable manifest/],
  ])('a changed %s (%#) is found', (file, change, message) => {
    const corpus = build();
    writeFileSync(join(corpus, file), change(readFileSync(join(corpus, file))));
    expect(() => openCorpus(corpus)).toThrow(message);
  });

  test('another corpus than the recorded one is refused', () => {
    const corpus = build();
    expect(() => openCorpus(corpus, 'f'.repeat(64))).toThrow(/not ffff/);
    cpSync(corpus, join(into, 'f'.repeat(64)), { recursive: true });
    expect(() => openCorpus(join(into, 'f'.repeat(64)), 'f'.repeat(64))).toThrow(/delete the folder/);
  });

  test('a corpus of given documents is like one from a folder', () => {
    const corpus = corpusOf([{ source: 'x', text: Buffer.from('0123456789') }]);
    expect(corpus.windows(3).perDocument).toEqual([3]);
    expect(Buffer.from(corpus.windows(3).at(2)).toString()).toBe('678');
  });
});

describe("this machine's corpus", () => {
  test('is built once, is long enough, and repeats little', () => {
    const cache = join(folder, 'cache');
    const corpus = currentCorpus(cache);
    const before = readdirSync(join(cache, 'corpus')).toSorted();
    expect(before).toEqual([corpus.digest, 'current'].toSorted());
    expect(currentCorpus(cache).digest).toBe(corpus.digest);
    expect(corpusByDigest(corpus.digest, cache).digest).toBe(corpus.digest);
    expect(() => corpusByDigest('0'.repeat(64), cache)).toThrow(/copy its folder/);

    const windows = corpus.windows(65);
    expect(windows.perDocument.reduce((sum, count) => sum + count, 0) * 65).toBeGreaterThan(1_400_000);

    // Of 32-grams anywhere in a window (one in eight, chosen by their hash), how many stand in another document too.
    const owner = new Map<number, number>();
    let window = 0;
    let looked = 0;
    let shared = 0;
    for (const [document, count] of windows.perDocument.entries()) {
      for (let i = 0; i < count; i += 1, window += 1) {
        forEachGram(windows.at(window), (gram) => {
          if (gram % 8 !== 0) return;
          looked += 1;
          if ((owner.get(gram) ?? document) !== document) shared += 1;
          owner.set(gram, document);
        });
      }
    }
    expect(shared / looked).toBeLessThan(0.02);
  });
});
