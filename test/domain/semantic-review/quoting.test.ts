/** A model's words do not carry sealed sources into the log. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_MESSAGE_LENGTH, type SemanticFinding } from '../../../domain/semantic-review/finding.ts';
import { QUOTATION, withoutQuotations } from '../../../domain/semantic-review/quoting.ts';

const LINE = 'hidden = torch.relu(self.mix(x) * torch.sigmoid(self.gate(x)))';
const sources = new Map([
  ['model.py', `class Mix:\n    def forward(self, x):\n        ${LINE}\n        return self.out(hidden)\n`],
]);
const said = (message: string): SemanticFinding => ({ path: 'model.py', line: 3, rule: 'other', message });

test.each([
  ['a line', `it computes ${LINE}`],
  ['a line in quotation marks', `it computes \`${LINE}\`, which no model needs`],
  ['a line with other white space', `it has ${LINE.replaceAll(' ', '  ').replaceAll('(', '(\n')}`],
  ['pieces of two lines', 'sigmoid(self.gate(x))) return self.out(hidden)'],
])('%s is not recorded', (_name, message) => {
  const [finding] = withoutQuotations([said(message)], sources);
  expect(finding).toMatchObject({ path: 'model.py', line: 3, rule: 'other' });
  expect(finding?.message).toContain('which are sealed');
});

test('words of its own are, and names', () => {
  const own = [said('gates its input with itself in forward of Mix: F.scaled_dot_product_attention')];
  expect(withoutQuotations(own, sources)).toEqual(own);
});

test('no message keeps a quotation, wherever it stands', () => {
  const code = fc.stringMatching(/^[a-z_=+() \n]{40,200}$/);
  fc.assert(
    fc.property(code, fc.string({ maxLength: 40 }), fc.nat(), (source, before, from) => {
      const dense = source.replaceAll(/\s+/g, '');
      fc.pre(dense.length >= QUOTATION);
      const start = from % (dense.length - QUOTATION + 1);
      const piece = dense.slice(start, start + QUOTATION);
      const message = `${before} ${piece}`;
      const [finding] = withoutQuotations([said(message)], new Map([['a.py', source]]));
      expect(finding?.message).not.toContain(piece);
      expect(finding?.message.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
    }),
  );
});
