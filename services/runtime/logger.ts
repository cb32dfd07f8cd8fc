/** Plain lines on standard error: time, service, what happened. */

export interface Logger {
  info(message: string): void;
  error(message: string, cause?: unknown): void;
}

export function lineLogger(
  name: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Logger {
  const line = (level: string, message: string): void =>
    write(`${new Date().toISOString()} ${level} ${name}: ${message}\n`);
  return {
    info: (message) => line('info', message),
    error: (message, cause) => {
      const why = cause instanceof Error ? `: ${cause.message}` : '';
      line('error', `${message}${why}`);
    },
  };
}

export const silentLogger: Logger = { info: () => undefined, error: () => undefined };
