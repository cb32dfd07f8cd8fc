/** Only an answer in the exact form, on this code and of this request, counts. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '../../../domain/events/canonical.ts';
import { type Asked, readAnswer } from '../../../domain/semantic-review/answer.ts';
import { semanticFindingSchema } from '../../../domain/semantic-review/finding.ts';

const asked: Asked = {
  codeDigest: sha256('code'),
  nonce: '0123456789abcdef'.repeat(2),
  lines: new Map([
    ['model.py', 10],
    ['empty.py', 1],
  ]),
};
const finding = { path: 'model.py', line: 10, rule: 'hidden-data', message: 'a table of weights' };
const clear = { digest: asked.codeDigest, nonce: asked.nonce, verdict: 'clear', findings: [] as object[] };
const suspicious = { ...clear, verdict: 'suspicious', findings: [finding] };
const read = (answer: unknown) => readAnswer(JSON.stringify(answer), asked);

test('an answer that is as it was asked for', () => {
  expect(read(clear)).toEqual({ ok: true, verdict: 'clear', findings: [] });
  expect(read(suspicious)).toEqual({ ok: true, verdict: 'suspicious', findings: [finding] });
  expect(read({ ...suspicious, findings: [{ ...finding, line: null }] })).toMatchObject({ ok: true });
});

describe('no answer is', () => {
  test.each<[string, unknown, string]>([
    ['one on other code', { ...clear, digest: sha256('other') }, 'other code'],
    ['one of another request', { ...clear, nonce: 'f'.repeat(32) }, 'number of this request'],
    ['one without the nonce', { ...clear, nonce: undefined }, 'form'],
    ['another verdict', { ...clear, verdict: 'rejected' }, 'form'],
    ['more than was asked for', { ...clear, note: 'x' }, 'form'],
    ['a suspicion without a finding', { ...clear, verdict: 'suspicious' }, 'contradict'],
    ['a finding without a suspicion', { ...suspicious, verdict: 'clear' }, 'contradict'],
    [
      'a file that was not shown',
      { ...suspicious, findings: [{ ...finding, path: '/etc/passwd' }] },
      'not shown',
    ],
    [
      'a file named like a property',
      { ...suspicious, findings: [{ ...finding, path: 'constructor' }] },
      'not shown',
    ],
    ['a line past the end', { ...suspicious, findings: [{ ...finding, line: 11 }] }, 'not shown'],
    ['line 0', { ...suspicious, findings: [{ ...finding, line: 0 }] }, 'form'],
    ['another rule', { ...suspicious, findings: [{ ...finding, rule: 'ugly' }] }, 'form'],
    ['a sermon', { ...suspicious, findings: [{ ...finding, message: 'x'.repeat(301) }] }, 'form'],
    ['nothing said', { ...suspicious, findings: [{ ...finding, message: ' ' }] }, 'form'],
    ['too many findings', { ...suspicious, findings: Array.from({ length: 21 }, () => finding) }, 'form'],
    ['a list', [clear], 'form'],
  ])('%s', (_name, answer, reason) => {
    expect(read(answer)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  test.each([
    ['prose', 'Sure! The code is clear.'],
    ['prose around the object', `Here it is: ${JSON.stringify(clear)}`],
    ['a fence around it', `\`\`\`json\n${JSON.stringify(clear)}\n\`\`\``],
    ['two objects', `${JSON.stringify(clear)}${JSON.stringify(clear)}`],
    ['nothing', ''],
  ])('%s', (_name, text) => {
    expect(readAnswer(text, asked)).toMatchObject({ ok: false });
  });
});

test('what could make a reader see something else is a question mark', () => {
  const message = 'a\u001b[2Jb\u202ec\u{e0041}d\ne\u2028f\u0000';
  expect(read({ ...suspicious, findings: [{ ...finding, message }] })).toMatchObject({
    findings: [{ message: 'a?[2Jb?c?d?e?f?' }],
  });
});

test('whatever is read fits into an event, and the reason never repeats the answer', () => {
  const message = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 25 }), fc.string({ minLength: 12 }), (messages, word) => {
      const findings = messages.map((one) => ({ ...finding, message: one }));
      const result = read({ ...suspicious, findings });
      if (result.ok) {
        for (const one of result.findings) expect(semanticFindingSchema.safeParse(one).success).toBe(true);
        expect(Buffer.byteLength(JSON.stringify(result.findings))).toBeLessThan(60_000);
      } else expect(result.reason).not.toContain(word);
    }),
  );
});
