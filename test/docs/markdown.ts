/** Reads what the tests check out of the project's Markdown. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git', '.prism', 'coverage']);

/** Every Markdown file of the repository, relative to its root. */
export function markdownFiles(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

export function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

const FENCE = /^```[^\n]*\n([\s\S]*?)^```/gm;

export function withoutFences(text: string): string {
  return text.replaceAll(FENCE, '');
}

/** Lines of fenced blocks, joined where they end in a backslash, and code spans. */
export function codeIn(text: string): string[] {
  const lines = [...text.matchAll(FENCE)].flatMap(([, block = '']) =>
    block.replaceAll(/\\\n\s*/g, '').split('\n'),
  );
  const spans = [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...lines, ...spans];
}

/** The names that a page's headings can be linked by, as hosting sites make them. */
export function anchorsIn(text: string): Set<string> {
  const headings = [...withoutFences(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

/** Rows of the first table after `<!-- test: name -->`, without its head. Throws where there is none. */
export function tableRows(text: string, name: string): string[][] {
  const after = text.split(`<!-- test: ${name} -->`)[1];
  const table = after === undefined ? null : /^\n*((?:\|.*\|\n)+)/.exec(after)?.[1];
  if (table === null || table === undefined) throw new Error(`no table after "test: ${name}"`);
  const rows = table.trimEnd().split('\n').slice(2);
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** A number as documents write it: with commas, a typographic minus or a code span around it. */
export function numberIn(cell: string | undefined): number {
  const number = Number((cell ?? '').replaceAll(/[,`]/g, '').replace('−', '-'));
  if (cell === undefined || cell === '' || Number.isNaN(number)) throw new Error(`not a number: ${cell}`);
  return number;
}

/** Bits per byte, as documents write them, in microbits. */
export function microbitsIn(cell: string | undefined): number {
  return Math.round(numberIn(cell) * 1_000_000);
}
