/** What documents point at is there: links, npm scripts, commands and their options. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { anchorsIn, codeIn, markdownFiles, ROOT, read, withoutFences } from './markdown.ts';

const files = markdownFiles();

function brokenLinks(file: string): string[] {
  const text = read(file);
  const links = [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : normalize(join(dirname(file), path));
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsIn(read(target)).has(anchor);
  });
}

test.each(files)('every relative link of %s leads somewhere', (file) => {
  expect(brokenLinks(file)).toEqual([]);
});

test.each(files)('every npm script that %s names exists', (file) => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const named = codeIn(read(file)).flatMap((line) => [
    ...[...line.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name),
    ...(/\bnpm test\b/.test(line) ? ['test'] : []),
  ]);
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

interface Command {
  /** As `epoch close`. */
  readonly name: string;
  readonly options: ReadonlySet<string>;
}

/**
 * The commands as the command line declares them: one statement for each, nested ones in a chain from `program`, or from the constant
 * that their group has.
 */
function declaredCommands(): readonly Command[] {
  const source = read('services/cli/main.ts');
  const groups = new Map([['program', '']]);
  for (const [, constant = '', group = ''] of source.matchAll(/^const (\w+) = program\.command\('(\w+)'\)/gm))
    groups.set(constant, group);
  const [, ...parts] = source
    .replace(/^const \w+ = program\.command.*$/gm, '')
    .split(new RegExp(`^(${[...groups.keys()].join('|')})$`, 'm'));
  const statements = parts.flatMap((part, index) =>
    index % 2 === 0 ? [{ group: groups.get(part) ?? '', statement: parts[index + 1] ?? '' }] : [],
  );
  return statements.map(({ group, statement }) => ({
    name: [group, ...[...statement.matchAll(/\.command\('(\w+)'\)/g)].map(([, word = '']) => word)]
      .filter(Boolean)
      .join(' '),
    options: new Set([...statement.matchAll(/'--([\w-]+)/g)].map(([, option = '']) => option)),
  }));
}

const GLOBAL: ReadonlySet<string> = new Set(['data', 'config', 'help', 'version']);

/** What is wrong with a line that calls `prism`; null for a line that does not, or that is right. */
function problemOf(line: string, commands: readonly Command[]): string | null {
  const plain = line.replace(/npm run (?:--silent )?demo\b(?: --)?/, 'prism demo');
  const call = /(?:npm run (?:--silent )?prism --|bin\/prism\.mjs|^\s*prism) +(.*)$/.exec(plain)?.[1];
  if (call === undefined) return null;
  const words = call.replace(/^(--(data|config) \S+ +)+/, '');
  const command = commands.find(
    ({ name }) => name !== '' && (words === name || words.startsWith(`${name} `)),
  );
  if (command === undefined)
    return words.startsWith('--help') || words.startsWith('<') ? null : `no such command: ${line}`;
  const options = [...words.matchAll(/(?:^|\s)--([\w-]+)/g)].map(([, option = '']) => option);
  const unknown = options.filter((option) => !command.options.has(option) && !GLOBAL.has(option));
  return unknown.length === 0 ? null : `no such option (${unknown.join(', ')}): ${line}`;
}

describe('the command line', () => {
  const commands = declaredCommands();

  test('is read from its source as it is', () => {
    expect(commands.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['up', 'epoch close', 'policy show', 'policy adopt', 'verify']),
    );
    expect(problemOf('npm run prism -- epoch open', commands)).toContain('no such command');
    expect(problemOf('npm run prism -- verify x --kee y', commands)).toContain('no such option');
    expect(problemOf('npm run prism -- --data x verify y --key z', commands)).toBeNull();
  });

  test.each(files)('is used in %s as it is', (file) => {
    expect(
      codeIn(read(file))
        .map((line) => problemOf(line, commands))
        .filter(Boolean),
    ).toEqual([]);
  });

  test('is told of in full', () => {
    const code = files.flatMap((file) => codeIn(read(file))).join('\n');
    const ways = (name: string) => [`prism -- ${name}`, `prism ${name}`, `npm run ${name}`];
    const untold = commands.filter(
      ({ name }) => name !== '' && !ways(name).some((way) => code.includes(way)),
    );
    expect(untold.map(({ name }) => name)).toEqual([]);
  });
});
