/**
 * Everything of a run that is random, derived from its seed and nothing else, so that runs with one seed are paired: the same text, in the
 * same order, behind the same alphabet, judged at the same places.
 */
import { hash } from 'node:crypto';
import { Draws } from './draws.ts';
import type { Plan } from './plan.ts';

/** Windows judged in one request, with one common length so that nothing can be learnt from how requests differ. */
export interface JudgedRequest {
  /** Bytes that are sent; the byte after them is what the model must predict. */
  readonly prefixLength: number;
  readonly windows: readonly number[];
}

export interface Streams {
  /** For the learner's own generators; says nothing about the other streams. 31 bits. */
  readonly torchSeed: number;
  /** Secret substitution: the model reads and predicts `alphabet[byte]`. */
  readonly alphabet: Uint8Array;
  /** Windows revealed, in order; step s (from 1) takes `batch` of them from (s - 1) * batch. */
  readonly training: readonly number[];
  /** For each checkpoint of the plan, what is asked. */
  readonly judged: readonly (readonly JudgedRequest[])[];
}

export class CorpusTooSmallError extends Error {
  constructor(part: string, needed: number, available: number) {
    super(
      `the corpus has ${available} windows for ${part} and this plan needs ${needed}: build it from more text (see infra/corpus/README.md) or adopt a policy with fewer steps or judged windows`,
    );
    this.name = 'CorpusTooSmallError';
  }
}

type Plans = Pick<Plan, 'steps' | 'batch' | 'sequenceLength' | 'checkpoints' | 'requestsPerCheckpoint'>;

interface Document {
  readonly first: number;
  readonly count: number;
}

/**
 * Documents in random order, split so that no document is on both sides: a judged window has no revealed neighbour. The judged side is
 * filled until its share of all windows is that of the plan's needs.
 */
function splitDocuments(
  seed: string,
  perDocument: readonly number[],
  judgedNeed: number,
  trainingNeed: number,
) {
  let total = 0;
  const documents: Document[] = perDocument.map((count) => {
    const first = total;
    total += count;
    return { first, count };
  });
  const order = new Draws(seed, 'documents').shuffle(documents.map((_, index) => index));
  const judged: Document[] = [];
  const training: Document[] = [];
  let judgedCount = 0;
  for (const index of order) {
    const document = documents[index];
    if (document === undefined || document.count === 0) continue;
    // judgedCount / total < judgedNeed / (judgedNeed + trainingNeed), without a fraction.
    if (judgedCount * (judgedNeed + trainingNeed) < total * judgedNeed) {
      judged.push(document);
      judgedCount += document.count;
    } else {
      training.push(document);
    }
  }
  return { judged, training };
}

/** All windows of these documents in random order, the first `need` of them. */
function drawTraining(seed: string, documents: readonly Document[], need: number): number[] {
  const all = documents.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
  if (all.length < need) throw new CorpusTooSmallError('training', need, all.length);
  return new Draws(seed, 'training-windows').shuffle(all).slice(0, need);
}

/**
 * One random window of every document, then a second of every document that has one, and so on until there are `need`: one window per
 * document where the corpus allows it. Then in random order, so that every checkpoint is judged on the same mixture.
 */
function drawJudged(seed: string, documents: readonly Document[], need: number): number[] {
  const draws = new Draws(seed, 'judged-windows');
  const shuffled = documents.map(({ first, count }) =>
    draws.shuffle(Array.from({ length: count }, (_, i) => first + i)),
  );
  const chosen: number[] = [];
  for (let round = 0; chosen.length < need; round += 1) {
    const before = chosen.length;
    for (const windows of shuffled) {
      const window = windows[round];
      if (window !== undefined && chosen.length < need) chosen.push(window);
    }
    if (chosen.length === before) throw new CorpusTooSmallError('judging', need, before);
  }
  return draws.shuffle(chosen);
}

/**
 * Prefix lengths of one checkpoint's requests. The range from a quarter of the sequence to all of it is cut into as many equal parts as
 * there are requests and one length is drawn from each, so that checkpoints differ little in how much context they give.
 */
function drawPrefixLengths(draws: Draws, sequenceLength: number, requests: number): number[] {
  const shortest = Math.floor((sequenceLength + 3) / 4);
  const lengths = sequenceLength - shortest + 1;
  const drawn = Array.from({ length: requests }, (_, part) => {
    const from = Math.floor((lengths * part) / requests);
    const to = Math.max(from + 1, Math.floor((lengths * (part + 1)) / requests));
    return shortest + from + draws.below(to - from);
  });
  return draws.shuffle(drawn);
}

/** Spreads `windows` over requests as evenly as they go, earlier ones larger; requests without a window are left out. */
function intoRequests(windows: readonly number[], lengths: readonly number[]): JudgedRequest[] {
  return lengths
    .map((prefixLength, part) => ({
      prefixLength,
      windows: windows.slice(
        Math.ceil((windows.length * part) / lengths.length),
        Math.ceil((windows.length * (part + 1)) / lengths.length),
      ),
    }))
    .filter((request) => request.windows.length > 0);
}

/**
 * Derives a run's streams.
 *
 * @param seed 64 lower-case hex digits
 * @param perDocument number of windows of `plan.sequenceLength + 1` bytes in each document of the corpus
 * Throws `CorpusTooSmallError` where the corpus has too few windows: none is ever used twice in a run.
 */
export function deriveStreams(seed: string, plan: Plans, perDocument: readonly number[]): Streams {
  const trainingNeed = plan.steps * plan.batch;
  const judgedNeed = plan.checkpoints.reduce((sum, checkpoint) => sum + checkpoint.windows, 0);
  const documents = splitDocuments(seed, perDocument, judgedNeed, trainingNeed);
  const training = drawTraining(seed, documents.training, trainingNeed);
  const judgedWindows = drawJudged(seed, documents.judged, judgedNeed);

  const prefixes = new Draws(seed, 'prefix-lengths');
  let taken = 0;
  const judged = plan.checkpoints.map((checkpoint) => {
    const windows = judgedWindows.slice(taken, taken + checkpoint.windows);
    taken += checkpoint.windows;
    return intoRequests(
      windows,
      drawPrefixLengths(prefixes, plan.sequenceLength, plan.requestsPerCheckpoint),
    );
  });
  return {
    torchSeed: new Draws(seed, 'torch-seed').below(0x8000_0000),
    alphabet: new Draws(seed, 'alphabet').shuffle(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
    training,
    judged,
  };
}

/** Seed of a plan's point: the base point has the seed itself, and no rung of a ladder sees the streams of another point. */
export function pointSeed(seed: string, point: number): string {
  return point === 0 ? seed : hash('sha256', `prism-point-1/${seed}/${point}`);
}
