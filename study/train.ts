/** Runs the study's jobs on the judge, one after another; what is in the file of results already is not run again. */
import { mkdirSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Corpus } from '../domain/evaluation/corpus.ts';
import { MICROBITS_PER_BYTE } from '../domain/evaluation/units.ts';
import { buildCorpus, cacheFolder, openCorpus } from '../infra/corpus/index.ts';
import { openDockerSandbox } from '../infra/sandbox/docker/index.ts';
import { systemClock } from '../infra/system/index.ts';
import { measure } from '../services/evaluator/judge/measure.ts';
import type { JudgeParts } from '../services/evaluator/judge/run.ts';
import { projectOf } from './architectures.ts';
import { type Job, jobsOf, nameOf, seedOf } from './jobs.ts';
import { type Extent, planOf } from './plans.ts';
import { appendResult, type Result, readResults } from './results.ts';

/** The longest run reveals and judges 5.4 MB, no window twice. */
const CORPUS = { minBytes: 6_500_000, maxBytes: 16_000_000 };

/** A corpus larger than the evaluator's own, from the same sources, in a folder of its own; built once. */
function studyCorpus(): Corpus {
  const into = join(cacheFolder(), 'study-corpus');
  mkdirSync(into, { recursive: true });
  const [digest] = readdirSync(into).filter((name) => /^[0-9a-f]{64}$/.test(name));
  return openCorpus(digest === undefined ? buildCorpus({ into, ...CORPUS }) : join(into, digest));
}

async function runJob(job: Job, extent: Extent, parts: JudgeParts): Promise<Result> {
  const { architecture, scale, rung, seed } = job;
  const measured = await measure(
    {
      plan: planOf(extent, scale, rung),
      key: { pair: 'architecture', variant: 0, point: 0, seed },
      seed: seedOf(job),
      project: projectOf(architecture),
      payloadBytes: 0,
      replays: 1,
      checks: { steps: 0, predictions: 0 },
      hook: null,
    },
    parts,
  );
  if (measured.standardError !== '') console.error(measured.standardError);
  return {
    architecture,
    scale,
    rung,
    seed,
    ending: measured.ending.kind,
    parameters: measured.instrumented.parameters,
    trainerCpuMs: Math.round(measured.trainerCpuUs / 1_000),
    curve: measured.curve.map((point) => [
      point.step,
      point.bytesRevealed,
      point.lossMicrobits,
      point.windows,
    ]),
  };
}

/** Runs what `file` does not have yet of the study, and appends it there. */
export async function train(extent: Extent, file: string): Promise<void> {
  const done = new Set(readResults(file).map(nameOf));
  const missing = jobsOf(extent).filter((job) => !done.has(nameOf(job)));
  if (missing.length === 0) return;
  const parts: JudgeParts = {
    sandbox: openDockerSandbox(),
    corpus: studyCorpus(),
    clock: systemClock,
    labels: { 'prism.service': 'study', 'prism.worker': `${process.pid}` },
    device: { kind: 'cpu', class: cpus()[0]?.model ?? 'unknown' },
  };
  for (const [index, job] of missing.entries()) {
    const startedAt = performance.now();
    const result = await runJob(job, extent, parts);
    appendResult(file, result);
    const bits = ((result.curve.at(-1)?.[2] ?? 0) / MICROBITS_PER_BYTE).toFixed(3);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    console.error(
      `${index + 1} of ${missing.length}: ${nameOf(job)}: ${result.ending}, ${bits} bits per byte at the end, ${seconds} s`,
    );
  }
}
