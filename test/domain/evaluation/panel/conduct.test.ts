/** Runs of table models on the streams of a run. */
import { describe, expect, test } from '@jest/globals';
import { tableCurve } from '../../../../domain/evaluation/panel/conduct.ts';
import { ContextMixer } from '../../../../domain/evaluation/panel/mixer.ts';
import { NgramTable } from '../../../../domain/evaluation/panel/ngram.ts';
import { codeLengthMicrobits } from '../../../../domain/evaluation/panel/table-model.ts';
import { deriveStreams } from '../../../../domain/evaluation/streams.ts';
import { corpusOf } from '../../../../infra/corpus/index.ts';
import { alphabetOf, relabelled, wordWindows } from './texts.ts';

const plan = {
  steps: 40,
  batch: 8,
  sequenceLength: 64,
  checkpoints: [
    { step: 4, windows: 40 },
    { step: 16, windows: 40 },
    { step: 40, windows: 80 },
  ],
  requestsPerCheckpoint: 4,
};
/** 30 documents of 30 windows. */
const texts = wordWindows(900, 200);
const corpusFrom = (windows: readonly Uint8Array[]) =>
  corpusOf(
    Array.from({ length: 30 }, (_, document) => ({
      source: `document ${document}`,
      text: Buffer.concat(windows.slice(document * 30, (document + 1) * 30)),
    })),
  );
const windows = corpusFrom(texts).windows(plan.sequenceLength + 1);
const streams = deriveStreams('0b'.repeat(32), plan, windows.perDocument);
const makes = [
  ['n-gram table', () => new NgramTable(60_000)],
  ['context mixer', () => new ContextMixer(60_000)],
] as const;

describe.each(makes)('the curve of the %s', (_name, make) => {
  const curve = tableCurve(make(), plan, streams, windows);

  test('falls', () => {
    const losses = curve.map((point) => point.lossMicrobits);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) - 500_000);
  });

  test('has at each checkpoint the mean code length after the windows revealed by then, in one go', () => {
    for (const [index, { step }] of plan.checkpoints.entries()) {
      const model = make();
      for (const window of streams.training.slice(0, step * plan.batch)) model.reveal(windows.at(window));
      const losses = (streams.judged[index] ?? []).flatMap(({ windows: judged, prefixLength }) =>
        judged.map((window) => {
          const text = windows.at(window);
          return codeLengthMicrobits(model, text.subarray(0, prefixLength), text[prefixLength] ?? 0);
        }),
      );
      expect(curve[index]).toMatchObject({
        step,
        bytesRevealed: step * plan.batch * 65,
        lossMicrobits: Math.round(losses.reduce((sum, loss) => sum + loss, 0) / losses.length),
        windows: plan.checkpoints[index]?.windows,
      });
    }
  });

  test('does not depend on the bytes after the blind prefix, but for the one that is judged', () => {
    const judged = new Map(
      streams.judged.flat().flatMap((request) => request.windows.map((w) => [w, request.prefixLength])),
    );
    const cut = {
      length: windows.length,
      at: (index: number) => {
        const length = judged.get(index);
        return length === undefined ? windows.at(index) : windows.at(index).subarray(0, length + 1);
      },
    };
    expect(tableCurve(make(), plan, streams, cut)).toEqual(curve);
  });

  test('is the same behind the secret alphabet of the run', () => {
    const secret = corpusFrom(relabelled(texts, streams.alphabet)).windows(plan.sequenceLength + 1);
    expect(tableCurve(make(), plan, streams, secret)).toEqual(curve);
    const other = corpusFrom(relabelled(texts, alphabetOf('another'))).windows(plan.sequenceLength + 1);
    expect(tableCurve(make(), plan, streams, other)).toEqual(curve);
  });

  test('is the same again', () => {
    expect(tableCurve(make(), plan, streams, windows)).toEqual(curve);
  });
});

test('windows of another length than the plan has are refused', () => {
  const short = corpusFrom(texts).windows(64);
  expect(() => tableCurve(new NgramTable(60_000), plan, streams, short)).toThrow('windows of 64 bytes');
});
