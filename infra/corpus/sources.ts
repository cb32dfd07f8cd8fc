/**
 * Where the text comes from: manual pages and Perl documentation of Debian packages that a development machine has and the runner image has
 * not. A package, not a folder, is what is named: the manuals of packages that are in the image (coreutils, bash) repeat the help texts in
 * their programs.
 */
import { hash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Document } from './manifest.ts';

/** Packages by name, without architecture. Perl's own come with `git`; the rest is used where it is installed. */
const PACKAGES =
  /^(perl-modules-5\.\d+|libperl5\.\d+|perl-doc|git-man|manpages|manpages-dev|binutils-common|libdpkg-perl|dpkg-dev|openssh-client|systemd|curl|wget)$/;

/** Pages in English only: translations live in folders of their own. */
const MANUAL = /^\/usr\/share\/man\/man[1-8]\/[^/]+\.gz$/;
const PERL = /^\/usr\/(share|lib)\/.*\.(pod|pm)$/;

/** Documents shorter than this are mostly boilerplate. */
const MIN_BYTES = 1_000;

/** A manual page's source without its comments, which hold licences and histories. */
export function manualText(page: Buffer): Buffer {
  const lines = page.toString('latin1').split('\n');
  return Buffer.from(lines.filter((line) => !/^['.]\\"/.test(line)).join('\n'), 'latin1');
}

/** The documentation (POD) in a Perl file: from each line with a directive up to `=cut`. */
export function podText(file: Buffer): Buffer {
  let inside = false;
  const kept = file
    .toString('latin1')
    .split('\n')
    .filter((line) => {
      if (/^=[a-zA-Z]/.test(line)) inside = !line.startsWith('=cut');
      return inside;
    });
  return Buffer.from(kept.join('\n'), 'latin1');
}

function textOf(root: string, path: string): Buffer | null {
  const file = join(root, path);
  // Packages list files that an administrator left out, and links to other pages.
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return null;
  const bytes = readFileSync(file);
  const text = MANUAL.test(path) ? manualText(gunzipSync(bytes)) : podText(bytes);
  return text.length >= MIN_BYTES && !text.includes(0) ? text : null;
}

function listedFiles(root: string): string[] {
  const info = join(root, 'var/lib/dpkg/info');
  if (!existsSync(info)) {
    throw new Error(`${info} does not exist: the corpus is taken from the packages of a Debian system`);
  }
  const lists = readdirSync(info).filter(
    (name) => name.endsWith('.list') && PACKAGES.test(name.slice(0, -'.list'.length).split(':')[0] ?? ''),
  );
  const files = lists.flatMap((name) => readFileSync(join(info, name), 'utf8').split('\n'));
  return [...new Set(files)].filter((path) => MANUAL.test(path) || PERL.test(path));
}

/** The documents found below `root`, in the order of the SHA-256 of their paths: any first part of it is a fair mixture. */
export function* documentsOf(root: string): Generator<Document> {
  const ordered = listedFiles(root)
    .map((path) => ({ path, rank: hash('sha256', path) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  for (const { path } of ordered) {
    const text = textOf(root, path);
    if (text !== null) yield { source: path, text };
  }
}
