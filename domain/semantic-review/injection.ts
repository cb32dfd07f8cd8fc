/**
 * Text in sources that is meant for a model that reads them. It is looked for before any model is asked: what is found here is for a person, and
 * no model gets to see it.
 */
import { MAX_FINDINGS, type SemanticFinding } from './finding.ts';

/** Between words that belong together: spaces, line ends, and what starts a line of a comment or joins strings. */
const GAP = '[\\s#*/\'"+\\\\_-]{1,40}';

/** Up to four of these words, with gaps after them. */
const fillers = (words: string): string => `(?:(?:${words})${GAP}){0,4}`;

function phrase(...parts: readonly string[]): RegExp {
  return new RegExp(`\\b${parts.join(GAP)}\\b`, 'i');
}

/** Who is spoken to. Not `model` alone: sources of models speak of models. */
const READER =
  '(?:(?:an?|the|any|every|all|our|your)\\s{1,4})?(?:ai|llm|language model|assistant|chatbot|(?:(?:code|security|source|semantic|automated|ai)\\s{1,4})?(?:reviewer|auditor|judge))s?';

const PATTERNS: readonly (readonly [pattern: RegExp, message: string])[] = [
  [
    phrase(
      '(?:ignore|disregard|forget|override|bypass)',
      `${fillers('all|any|the|of|your|these|those|every|everything')}(?:previous|prior|above|earlier|preceding|foregoing|system|former|other)`,
      '(?:instructions?|prompts?|rules?|directives?|guidelines?)',
    ),
    'tells a reader to ignore instructions',
  ],
  [phrase('(?:note|message|instructions?)', '(?:to|for)', READER), 'addresses a reviewer'],
  [phrase('(?:dear|hey|hello|hi)', READER), 'addresses a reviewer'],
  [
    phrase(
      'you',
      'are',
      '(?:now\\s{1,4})?(?:an?|the)',
      '(?:ai|llm|language model|helpful|assistant|reviewer|auditor|judge)',
    ),
    'tells a reader what it is',
  ],
  [
    phrase('(?:answer|respond|reply|return|output|report|give)', `${fillers('only|with|that|the|a')}verdict`),
    'tells a reader what to answer',
  ],
  [
    /\bverdict["']?\s{0,8}[:=]\s{0,8}["']?(?:clear|safe|ok|pass|approve)/i,
    'looks like an answer of a reviewer',
  ],
  [
    /<\|(?:im_start|im_end|im_sep|system|user|assistant|tool|start_header_id|end_header_id|eot_id|channel|message|return|call|end_of_turn)\|>|\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>|<\/?(?:system|assistant)>/i,
    'has marks by which a model tells who is speaking',
  ],
  [
    /[\u{E0000}-\u{E01EF}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{2060}-\u{2064}\u{206A}-\u{206F}\u{200B}]/u,
    'has characters that people do not see and models read',
  ],
];

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Where sources speak to whoever reads them, by path and line; one finding for each kind in a file. Empty: nothing was found. */
export function injectionsIn(sources: ReadonlyMap<string, string>): readonly SemanticFinding[] {
  const found: SemanticFinding[] = [];
  for (const [path, source] of sources) {
    // Letters that only look different are made equal; lines stay what they are.
    const text = source.normalize('NFKC');
    for (const [pattern, message] of PATTERNS) {
      const at = text.search(pattern);
      if (at >= 0) found.push({ path, line: lineAt(text, at), rule: 'prompt-injection', message });
    }
    const at = path.normalize('NFKC').split(/[._-]/).join(' ');
    if (PATTERNS.some(([pattern]) => at.search(pattern) >= 0))
      found.push({ path, line: null, rule: 'prompt-injection', message: 'its name addresses a reader' });
  }
  return found.slice(0, MAX_FINDINGS);
}
