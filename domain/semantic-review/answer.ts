/** Reads a model's answer strictly: whatever is not exactly what was asked for is no answer. */
import { z } from 'zod';
import { sha256Schema } from '../events/envelope.ts';
import { MAX_FINDINGS, MAX_MESSAGE_LENGTH, SEMANTIC_RULE_IDS, type SemanticFinding } from './finding.ts';

/** What an answer has to repeat, so that it is of this code and of this request. */
export interface Asked {
  readonly codeDigest: string;
  /** Random, of this request alone: 32 hexadecimal digits. */
  readonly nonce: string;
  /** Number of lines of every file that was shown. */
  readonly lines: ReadonlyMap<string, number>;
}

export const semanticAnswerSchema = z.strictObject({
  digest: sha256Schema,
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  verdict: z.enum(['clear', 'suspicious']),
  findings: z
    .array(
      z.strictObject({
        path: z.string().min(1).max(512),
        line: z.int().min(1).nullable(),
        rule: SEMANTIC_RULE_IDS,
        message: z.string().trim().min(1).max(MAX_MESSAGE_LENGTH),
      }),
    )
    .max(MAX_FINDINGS),
});

export type ReadAnswer =
  | {
      readonly ok: true;
      readonly verdict: 'clear' | 'suspicious';
      readonly findings: readonly SemanticFinding[];
    }
  /** Our own words: nothing of the answer is repeated. */
  | { readonly ok: false; readonly reason: string };

/** Control, format and private characters and unpaired surrogates as question marks: they could make a reader see another text. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '?');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param text what the model said, to its last character: prose around the JSON makes it no answer */
export function readAnswer(text: string, asked: Asked): ReadAnswer {
  const no = (reason: string): ReadAnswer => ({ ok: false, reason });
  const answer = semanticAnswerSchema.safeParse(parsed(text));
  if (!answer.success) return no('the model did not answer in the form that was asked for');
  const { digest, nonce, verdict, findings } = answer.data;
  if (digest !== asked.codeDigest) return no('the answer names other code than was shown');
  if (nonce !== asked.nonce) return no('the answer does not carry the number of this request');
  if ((verdict === 'clear') !== (findings.length === 0))
    return no('the verdict and the findings of the answer contradict each other');
  for (const { path, line } of findings) {
    const lines = asked.lines.get(path);
    if (lines === undefined || (line ?? 1) > lines)
      return no('the answer points at a file or a line that was not shown');
  }
  return {
    ok: true,
    verdict,
    findings: findings.map((finding) => ({ ...finding, message: plain(finding.message) })),
  };
}
