import { PassThrough } from 'node:stream';
import { expect, describe as group, test } from '@jest/globals';
import { parseEvent } from '../../../domain/events/codec.ts';
import { describe, plainProgress, terminalProgress } from '../../../services/cli/demo/progress.ts';
import { generateLedger } from '../../support/ledger.ts';

const events = generateLedger().events.map((event) => parseEvent(event));

/** A terminal of so many columns that remembers what it was sent. */
function terminal(columns: number) {
  const written: string[] = [];
  const stream = Object.assign(new PassThrough(), { columns, isTTY: true });
  stream.on('data', (chunk: Buffer) => written.push(chunk.toString('utf8')));
  return { stream, text: () => written.join('') };
}

group('plain lines', () => {
  test('one for each event that means something to who watches, with the name of its project', () => {
    const lines: string[] = [];
    const progress = plainProgress((line) => lines.push(line));
    const received = events.find((event) => event.type === 'SubmissionReceived');
    if (received === undefined) throw new Error('no submission');
    const id = received.stream.slice('submission-'.length);
    progress.name(id, 'my-project');
    for (const event of events) progress.onEvent(event);
    expect(lines).toHaveLength(events.filter((event) => describe(event) !== null).length);
    expect(lines.some((line) => /^\d\d:\d\d:\d\d my-project: /.test(line))).toBe(true);
    expect(lines.join('\n')).not.toContain(id);
  });

  test('say verdicts and scores', () => {
    const said = events.map((event) => describe(event)).filter((line) => line !== null);
    expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/^rejected in (intake|review)/)]));
    expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/^scored: gain -?\d+\.\d{3} \+- /)]));
    expect(said).toContain('architecture discovered');
  });
});

group('on a terminal', () => {
  test('each submission has one row, redrawn in place and cut to the width', () => {
    const { stream, text } = terminal(50);
    const progress = terminalProgress(stream as never);
    progress.name('a', 'first');
    progress.name('b', 'second');
    progress.note('a note');
    const last = text().split('\x1b[2A\x1b[0J').at(-1) ?? '';
    expect(last.split('\n').filter((line) => line !== '')).toEqual([
      'a note',
      expect.stringMatching(/^ {2}first +received$/),
      expect.stringMatching(/^ {2}second +received$/),
    ]);
    for (const event of events) progress.onEvent(event);
    for (const line of text().split('\n'))
      expect((line.split('\x1b[0J').at(-1) ?? '').length).toBeLessThan(50);
  });
});
