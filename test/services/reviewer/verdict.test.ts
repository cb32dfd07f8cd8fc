import { describe, expect, test } from '@jest/globals';
import type { DataOf } from '../../../domain/events/catalogue.ts';
import { toEnvelope } from '../../../domain/events/codec.ts';
import type { ReviewResult } from '../../../services/reviewer/review-result.ts';
import { verdictOf } from '../../../services/reviewer/verdict.ts';
import { admittedOf, digestOfName, familyOfName } from '../../support/history.ts';

const LEDGER = '00000000-0000-0000-0000-000000000001';
const BLOB = '0'.repeat(64);
const component = (name: string) => ({ digest: digestOfName(name), sketch: [1, 2], files: ['model.py'] });
const found: ReviewResult = {
  ok: true,
  normaliser: 2,
  python: '3.11',
  findings: [],
  architecture: component('gpt'),
  training: component('recipe'),
  inference: component('inference'),
  hooks: [{ name: 'train_step', where: 'training' }],
};
type Finding = ReviewResult['findings'][number];
const finding = (change: Partial<Finding> = {}): Finding => ({
  rule: 'no-contract',
  severity: 'error',
  path: 'model.py',
  line: 7,
  message: 'build_model is missing',
  hint: 'define it',
  ...change,
});

type Kind = DataOf<'SubmissionAdmitted'>['layout']['kind'];
const layout = (kind: Kind) => admittedOf({ hotkey: 'A', kind, architecture: 'gpt' }, 0, LEDGER).layout;
const verdict = (result: Partial<ReviewResult>, kind: Kind = 'full') =>
  verdictOf(LEDGER, layout(kind), { ...found, ...result }, BLOB, 'sha256:image');

describe('a verdict', () => {
  test('accepts what has no error, with what was measured of each component', () => {
    expect(verdict({ findings: [finding({ severity: 'warning' })] })).toEqual({
      type: 'SubmissionReviewed',
      data: {
        reviewer: { image: 'sha256:image', normaliser: 2 },
        architecture: { digest: digestOfName('gpt'), sketch: [1, 2] },
        training: { digest: digestOfName('recipe'), sketch: [1, 2] },
        inference: { digest: digestOfName('inference') },
        hooks: [{ name: 'train_step', where: 'training' }],
        warnings: 1,
        findingsBlob: BLOB,
      },
    });
    expect(verdict({ training: null, inference: null }).data).toMatchObject({
      training: null,
      inference: null,
    });
  });

  test('rejects by the first error, and says how many more there are', () => {
    const findings = [finding({ severity: 'warning' }), finding(), finding({ rule: 'payload' }), finding()];
    expect(verdict({ findings })).toMatchObject({
      type: 'SubmissionRejected',
      data: {
        stage: 'review',
        code: 'no-contract',
        message: 'model.py:7: build_model is missing (and 2 more); define it',
        findings: [{ rule: 'no-contract' }, { rule: 'payload' }, { rule: 'no-contract' }],
        findingsBlob: BLOB,
      },
    });
  });

  test.each([
    [{ line: null }, 'model.py: build_model is missing; define it'],
    [{ path: null, line: null }, 'build_model is missing; define it'],
  ])('says only what is known of the place: %j', (change, message) => {
    expect(verdict({ findings: [finding(change)] }).data).toMatchObject({ message });
  });

  test('fits into an event however much was found', () => {
    const findings = Array.from({ length: 200 }, () =>
      finding({ message: 'm'.repeat(500), hint: 'h'.repeat(500) }),
    );
    const { data } = verdict({ findings });
    expect(data).toMatchObject({ message: expect.stringMatching(/^model.py:7: m{500} \(and 199 more\)/) });
    expect('findings' in data ? data.findings : []).toHaveLength(20);
    expect('message' in data ? data.message.length : 0).toBeLessThanOrEqual(1_000);
  });

  test.each([
    ['in wide characters', '\u8a9e'],
    ['in control characters, which JSON escapes', '\u0001'],
    ['that are not well formed', '\ud800'],
    ['that are cut within a character', 'x\u{1f600}'],
  ])('fits into an event with findings %s', (_name, unit) => {
    const path = unit.repeat(512).slice(0, 512);
    const message = unit.repeat(500).slice(0, 500);
    const decided = verdict({
      findings: Array.from({ length: 30 }, () => finding({ path, message, hint: message })),
    });
    const writing = {
      id: LEDGER,
      time: '2026-01-01T00:00:00.000Z',
      correlationId: LEDGER,
      causationId: null,
      actor: 'test',
    };
    const { data } = toEnvelope(decided, `submission-${LEDGER}`, 2, writing);
    expect(data.findings).not.toEqual([]);
  });

  test('lets a recipe ship the architecture that it is for, and no other', () => {
    expect(verdict({}, 'training_for_arch').type).toBe('SubmissionReviewed');
    expect(verdict({ architecture: null }, 'training_for_arch').type).toBe('SubmissionReviewed');
    expect(verdict({ architecture: component('other') }, 'training_for_arch')).toMatchObject({
      type: 'SubmissionRejected',
      data: {
        code: 'architecture-differs',
        message: expect.stringMatching(
          new RegExp(
            `digest ${digestOfName('other')}, which is family ${familyOfName(LEDGER, 'other')}, not ${familyOfName(LEDGER, 'gpt')}`,
          ),
        ),
        findings: [{ rule: 'architecture-differs', path: 'model.py' }],
      },
    });
  });

  test('is none where an architecture should be and no error says why it is not', () => {
    expect(() => verdict({ architecture: null })).toThrow('neither an architecture nor an error');
    expect(verdict({ architecture: null, findings: [finding()] }).type).toBe('SubmissionRejected');
  });
});
