/** What is recorded of an opinion is public at once, and sources are sealed: words that carry pieces of them are kept back. */
import type { SemanticFinding } from './finding.ts';

/** So many characters in a row, white space aside, are a quotation: longer than names of PyTorch's functions, shorter than a line that says something. */
export const QUOTATION = 32;

const INSTEAD = 'its words quote the sources, which are sealed: they are in the blob of the answer';

/** White space says nothing of where code comes from. */
function dense(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

function* pieces(text: string): Generator<string> {
  for (let at = 0; at + QUOTATION <= text.length; at += 1) yield text.slice(at, at + QUOTATION);
}

/** The findings, without the words of those that quote. A model that says it in other words is not caught. */
export function withoutQuotations(
  findings: readonly SemanticFinding[],
  sources: ReadonlyMap<string, string>,
): SemanticFinding[] {
  const said = new Set(findings.flatMap(({ message }) => [...pieces(dense(message))]));
  const quoted = new Set<string>();
  for (const source of sources.values()) {
    for (const piece of pieces(dense(source))) if (said.has(piece)) quoted.add(piece);
  }
  return findings.map((finding) => {
    const quotes = [...pieces(dense(finding.message))].some((piece) => quoted.has(piece));
    return quotes ? { ...finding, message: INSTEAD } : finding;
  });
}
