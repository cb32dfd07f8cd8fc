/** Secrets that must not leave, text that must stay, and lines that keep their numbers. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redactSecrets } from '../../../domain/semantic-review/redact.ts';
import { run, SECRETS } from './secrets.ts';

describe('what is taken out', () => {
  test.each(SECRETS)('%s, bare, quoted and in a URL', (_name, secret) => {
    for (const text of [
      secret,
      `x = "${secret}"`,
      `# ${secret}, of mine`,
      `https://example.org/?k=${secret}&b`,
    ])
      expect(redactSecrets(text).text).not.toContain(secret);
  });

  test.each([
    ['API_KEY = "correct-horse"', 'correct-horse'],
    ["'password': 'hunter22'", 'hunter22'],
    ['aws_secret_access_key=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLE', 'wJalrXUtnFEMI'],
    ['export WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567', '0123456789abcdef'],
    ['Authorization: Bearer abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnop'],
    ['postgres://miner:s3cr3t@db.example/x', 's3cr3t'],
  ])('the value in %s, and not its name', (text, secret) => {
    const redacted = redactSecrets(text).text;
    expect(redacted).not.toContain(secret);
    expect(redacted.slice(0, 6)).toBe(text.slice(0, 6));
  });

  test.each(['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '])(
    'a %sprivate key, with every other line in its place',
    (kind) => {
      const body = [run(64), run(64), run(30)];
      const text = [
        'a = 1',
        `-----BEGIN ${kind}PRIVATE KEY-----`,
        ...body,
        `-----END ${kind}PRIVATE KEY-----`,
        'b = 2',
      ];
      const redacted = redactSecrets(text.join('\n')).text;
      for (const line of body) expect(redacted).not.toContain(line);
      expect(redacted.split('\n')[6]).toBe('b = 2');
    },
  );

  test('a private key that does not end, to the end of the file', () => {
    expect(redactSecrets(`x\n-----BEGIN PRIVATE KEY-----\n${run(64)}\n${run(64)}`).text).toBe(
      'x\n[redacted: private key]\n\n',
    );
  });
});

test.each([
  'self.sk_projection = nn.Linear(hidden_dimension, hidden_dimension)',
  'token = tokens[:, position_in_the_whole_sequence]',
  'hf_attention_mask_of_the_decoder = mask',
  'tokens_per_step = 16_384  # token budget',
  'DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
  'key = self.key(hidden)',
  'optimizer = torch.optim.AdamW(parameters, lr=3e-4)',
])('code stays as it is: %s', (line) => {
  expect(redactSecrets(line).text).toBe(line);
});

test('code after the mark of a key stays', () => {
  const text = 'MARK = "-----BEGIN PRIVATE KEY-----"\nexec(payload)\nhidden = [1.5, 2.5]\n';
  expect(redactSecrets(text).text).toContain('(payload)\nhidden = [1.5, 2.5]\n');
});

test('how much was taken out is counted', () => {
  expect(redactSecrets('x = 1').removed).toBe(0);
  expect(redactSecrets('password = "12345678"; key = "sk-aaaaaaaaaaaaaaaaaaaa"').removed).toBe(8 + 23);
});

test('the number of lines stays, whatever the text', () => {
  const secret = fc.constantFrom(
    ...SECRETS.map(([, one]) => one),
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
  );
  const piece = fc.oneof(fc.string(), secret, fc.constant('\n'), fc.constant('password = "'));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      expect(redactSecrets(text).text.split('\n')).toHaveLength(text.split('\n').length);
    }),
  );
});

test('hostile text takes no time that grows faster than the text', () => {
  const text = [
    'api_key = "',
    'eyJ'.repeat(3_000),
    'a://'.repeat(3_000),
    '-----BEGIN '.repeat(3_000),
    'sk-'.repeat(3_000),
  ].join('');
  // A pattern that backtracks without bound would not come back from this at all.
  expect(redactSecrets(text.repeat(10)).text.length).toBeGreaterThan(0);
});
