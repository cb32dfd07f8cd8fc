/** What commands print: results on standard output, everything else on standard error, with documented exit statuses. */

/** Exit statuses of every command. */
export const EXIT = {
  ok: 0,
  /** It did not work; standard error says why and what to do. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A ledger does not verify, a project does not pass: the answer is no. */
  no: 3,
} as const;

/** Ends a command with a message for people and an exit status. */
export class CommandError extends Error {
  readonly status: number;
  constructor(message: string, status: number = EXIT.failed) {
    super(message);
    this.name = 'CommandError';
    this.status = status;
  }
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Control characters, which a terminal would obey, as question marks: miners choose much of what is shown. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

export interface FindingText {
  /** What is in the ledger has none: it is an error. */
  readonly severity?: string;
  readonly rule: string;
  readonly path: string | null;
  readonly line: number | null;
  readonly message: string;
  readonly hint: string;
}

/** What review found: where, what, and below it what to do. */
export function findingText({ severity = 'error', rule, path, line, message, hint }: FindingText): string {
  const where = `${path ?? '(project)'}${line === null ? '' : `:${line}`}`;
  return `${printable(`${severity}: ${where}: ${message} [${rule}]`)}\n  ${printable(hint)}`;
}

/** Columns as wide as their widest cell; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], source: readonly (string | number)[]): string =>
    row
      .map((cell, column) =>
        typeof source[column] === 'number'
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const head = line([...header], header);
  return [
    head,
    '-'.repeat(widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1))),
    ...rows.map((row, index) => line(cells[index + 1] ?? [], row)),
  ].join('\n');
}

/** Microbits per byte as bits with three decimals. */
export function bits(microbits: number): string {
  return (microbits / 1_000_000).toFixed(3);
}
