/** The port `SemanticReviewer` for any endpoint that speaks OpenAI's chat completions. */
import type { Clock, Random } from '../../domain/ports.ts';
import { readAnswer } from '../../domain/semantic-review/answer.ts';
import type {
  SemanticOpinion,
  SemanticReviewer,
  SemanticSubject,
} from '../../domain/semantic-review/port.ts';
import { type Completion, complete, completionsUrl, type Endpoint } from './chat-completion.ts';
import { ANSWER_SCHEMA, INSTRUCTIONS_DIGEST, type Prompt, promptOf } from './prompt.ts';

export interface ModelOptions extends Endpoint {
  /** The name that the model is asked by. */
  readonly model: string;
  /** A project whose text is longer, as it is shown, is not sent: half of one is never reviewed. */
  readonly maxSourceBytes: number;
  /** Of the answer, a reasoning model's thoughts included. */
  readonly maxTokens: number;
}

export interface ModelParts {
  readonly clock: Clock;
  readonly random: Random;
}

function transcriptOf(model: string, nonce: string, delimiter: string, completion: Completion): string {
  const { tries, body } = completion;
  return JSON.stringify({ model, instructions: INSTRUCTIONS_DIGEST, nonce, delimiter, tries, answer: body });
}

/** Throws `RangeError` where the address is none that may be asked. */
export function openAiCompatibleReviewer(
  options: ModelOptions,
  { clock, random }: ModelParts,
): SemanticReviewer {
  completionsUrl(options.url);
  const { model, maxSourceBytes, maxTokens } = options;
  const unasked = (reason: string): SemanticOpinion => ({ verdict: 'failed', reason, transcript: null });
  return {
    model,
    async review(subject: SemanticSubject): Promise<SemanticOpinion> {
      const nonce = random.bytes(16).toString('hex');
      const delimiter = `<<${random.bytes(16).toString('hex')}>>`;
      let prompt: Prompt;
      try {
        prompt = promptOf(subject, { nonce, delimiter });
      } catch (error) {
        if (error instanceof RangeError) return unasked(error.message);
        throw error;
      }
      const bytes = Buffer.byteLength(prompt.user);
      if (bytes > maxSourceBytes)
        return unasked(`the sources are ${bytes} bytes as they are shown; ${maxSourceBytes} may be sent`);
      const request = {
        model,
        messages: [
          { role: 'system', content: prompt.system },
          { role: 'user', content: prompt.user },
        ],
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'review', strict: true, schema: ANSWER_SCHEMA },
        },
        max_completion_tokens: maxTokens,
      };
      const completion = await complete(options, request, clock);
      const transcript = transcriptOf(model, nonce, delimiter, completion);
      if (!completion.ok) return { verdict: 'failed', reason: completion.reason, transcript };
      const answer = readAnswer(completion.text, {
        codeDigest: subject.codeDigest,
        nonce,
        lines: prompt.lines,
      });
      if (!answer.ok) return { verdict: 'failed', reason: answer.reason, transcript };
      if (answer.verdict === 'clear') return { verdict: 'clear', transcript };
      return { verdict: 'suspicious', findings: answer.findings, transcript };
    },
  };
}
