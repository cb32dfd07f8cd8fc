/** Secrets that must never leave a machine. Every one is made up. */
/** So many characters that look random. */
export const run = (length: number, from = 'aB3dE6gH9jK2mN5pQ8sT'): string =>
  from.repeat(Math.ceil(length / from.length)).slice(0, length);

/** Put together here, so that no scanner of repositories takes them for real ones. */
export const SECRETS: readonly (readonly [name: string, secret: string])[] = [
  ['an AWS key id', `AKIA${run(16, 'ABCD2345EFGH6789')}`],
  ['a Google key', `AIza${run(35)}`],
  ['an OpenAI key', `sk-${run(48)}`],
  ['an OpenAI project key', `sk-proj-${run(60)}_${run(20)}`],
  ['an Anthropic key', `sk-ant-api03-${run(80)}`],
  ['a Stripe key', `sk_live_${run(24)}`],
  ['a GitHub token', `ghp_${run(36)}`],
  ['a fine-grained GitHub token', `github_pat_${run(82)}`],
  ['a GitLab token', `glpat-${run(20)}`],
  ['a Slack token', `xoxb-${run(11, '1234567890')}-${run(24)}`],
  ['a Hugging Face token', `hf_${run(34)}`],
  ['an npm token', `npm_${run(36)}`],
  ['a PyPI token', `pypi-${run(120)}`],
  ['a SendGrid key', `SG.${run(22)}.${run(43)}`],
  ['a JSON web token', `eyJ${run(20)}.eyJ${run(60)}.${run(43)}`],
  ['a Telegram token', `${run(9, '123456789')}:${run(35)}`],
  ['a hexadecimal seed', `0x${run(64, '0123456789abcdef')}`],
];
