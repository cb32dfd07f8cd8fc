/** Takes secrets out of text before it leaves the machine. */

const SECRETS: readonly (readonly [name: string, pattern: RegExp])[] = [
  [
    'private key',
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\w+/=\s\\"'#:,-]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?![\w+/=\s\\"'#:,-]))/g,
  ],
  ['key', /\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{16}\b/g],
  ['key', /\bAIza[0-9A-Za-z_-]{35}/g],
  ['key', /\bsk-[A-Za-z0-9_-]{20,255}|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}/g],
  ['key', /\b(?:nvapi-[\w-]{40,255}|gsk_[A-Za-z0-9]{40,255}|pplx-[A-Za-z0-9]{40,255})/g],
  [
    'token',
    /\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255}|glpat-[A-Za-z0-9_-]{20,255})/g,
  ],
  ['token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g],
  [
    'token',
    /\b(?:hf_[A-Za-z0-9]{30,255}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,255}|dop_v1_[a-f0-9]{64}|r8_[A-Za-z0-9]{30,255})/g,
  ],
  ['token', /\bSG\.[\w-]{16,64}\.[\w-]{16,128}/g],
  ['token', /\beyJ[\w-]{8,2048}\.eyJ[\w-]{8,4096}\.[\w-]{8,2048}/g],
  ['token', /\b[0-9]{8,10}:[A-Za-z0-9_-]{35}\b/g],
  ['key', /\b0x[0-9a-fA-F]{64}\b/g],
];

/** Kept: what comes before the secret, by which a reader knows what it was. */
const NAMED: readonly RegExp[] = [
  /(\b(?:Bearer|Basic)[ \t]{1,4})[A-Za-z0-9._~+/=-]{16,4096}/gi,
  /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"]{0,128}:)[^\s:/@'"]{1,256}(?=@)/gi,
  /((?:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|passw(?:or)?d|passphrase|auth[_-]?token|access[_-]?token|private[_-]?key|mnemonic|seed[_-]?phrase)["']?\s{0,8}[:=]\s{0,8}["'])[^"'\r\n]{6,1024}(?=["'])/gi,
  /(\b(?:wandb|openai|anthropic|huggingface|hf|github|aws)_?[a-z_]{0,24}(?:key|token|secret)["']?\s{0,8}[:=]\s{0,8}["']?)(?=[^\s\d]{0,64}\d)[\w.~+/=-]{16,1024}/gi,
];

export interface Redacted {
  readonly text: string;
  /** Characters that were taken out. */
  readonly removed: number;
}

/**
 * The text with private keys, API keys, tokens and passwords taken out; lines keep their numbers. It knows secrets by their usual forms: one that
 * is written another way, or put together from pieces, stays. What only looks like a secret goes too, so that code could hide in that form: who
 * shows the text looks at how much was removed.
 */
export function redactSecrets(text: string): Redacted {
  let removed = 0;
  const instead = (name: string, secret: string): string => {
    removed += secret.length;
    // As many line ends as were there, so that every other line keeps its number.
    return `[redacted: ${name}]${'\n'.repeat(secret.split('\n').length - 1)}`;
  };
  const known = SECRETS.reduce(
    (present, [name, pattern]) => present.replaceAll(pattern, (secret) => instead(name, secret)),
    text,
  );
  const all = NAMED.reduce(
    (present, pattern) =>
      present.replaceAll(
        pattern,
        (match, before: string) => before + instead('secret', match.slice(before.length)),
      ),
    known,
  );
  return { text: all, removed };
}
