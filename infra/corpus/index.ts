/** The corpus of this machine, built on first use and kept in the cache. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { Corpus } from '../../domain/evaluation/corpus.ts';
import { buildCorpus } from './build.ts';
import { openCorpus } from './open.ts';

export { type BuildOptions, buildCorpus } from './build.ts';
export { corpusOf, openCorpus } from './open.ts';

/** Names the corpus that new evaluations use. */
const CURRENT_FILE = 'current';

/** `PRISM_CACHE`, else `~/.cache/prism`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.PRISM_CACHE ?? join(homedir(), '.cache/prism');
}

/**
 * The current corpus in `<cache>/corpus`, built where there is none: it stays the same when the machine's packages are upgraded, until the
 * file `current` is deleted.
 */
export function currentCorpus(cache: string = cacheFolder()): Corpus {
  const into = join(cache, 'corpus');
  const pointer = join(into, CURRENT_FILE);
  if (existsSync(pointer)) {
    const digest = readFileSync(pointer, 'utf8').trim();
    if (existsSync(join(into, digest))) return corpusByDigest(digest, cache);
  }
  mkdirSync(into, { recursive: true });
  const digest = basename(buildCorpus({ into }));
  writeFileSync(`${pointer}.${process.pid}`, `${digest}\n`);
  renameSync(`${pointer}.${process.pid}`, pointer);
  return corpusByDigest(digest, cache);
}

/** A corpus by the digest that an event recorded. Throws where this machine does not have it. */
export function corpusByDigest(digest: string, cache: string = cacheFolder()): Corpus {
  const folder = join(cache, 'corpus', digest);
  if (!existsSync(folder)) {
    throw new Error(
      `the corpus ${digest} is not in ${join(cache, 'corpus')}: copy its folder there from the machine that planned the evaluation`,
    );
  }
  return openCorpus(folder, digest);
}
