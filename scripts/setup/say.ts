/** A part of the set-up that cannot be done here; the message says what to do by hand. */
export class SetupError extends Error {}

export function say(line: string): void {
  process.stderr.write(`set-up: ${line}\n`);
}
