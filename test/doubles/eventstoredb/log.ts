/** The double's log: records in one order, optimistic concurrency and idempotency by event id. In memory; see server.ts. */

export interface ProposedRecord {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LogRecord extends ProposedRecord {
  readonly stream: string;
  readonly revision: number;
  /** Bytes into the log, as a real server's are: increasing with holes, never 0. */
  readonly position: bigint;
}

export type AppendOutcome =
  | { readonly ok: true; readonly revision: number; readonly position: bigint }
  | { readonly ok: false; readonly current: number };

export interface RecordLog {
  readonly all: readonly LogRecord[];
  stream(name: string): readonly LogRecord[];
  /** Appends all or nothing where the stream's last revision is `expected` (-1: no stream). */
  append(stream: string, expected: number, proposed: readonly ProposedRecord[]): AppendOutcome;
}

export function recordLog(): RecordLog {
  const all: LogRecord[] = [];
  const streams = new Map<string, LogRecord[]>();

  const stream = (name: string): LogRecord[] => {
    const records = streams.get(name) ?? [];
    streams.set(name, records);
    return records;
  };

  return {
    all,
    stream,
    append(name, expected, proposed) {
      const records = stream(name);
      const current = records.length - 1;
      const standing = records.slice(expected + 1, expected + 1 + proposed.length);
      const last = standing.at(-1);
      if (
        expected < current &&
        last !== undefined &&
        standing.length === proposed.length &&
        standing.every((record, index) => record.id === proposed[index]?.id)
      ) {
        return { ok: true, revision: last.revision, position: last.position };
      }
      if (expected !== current) return { ok: false, current };
      for (const record of proposed) {
        const position = (all.at(-1)?.position ?? 0n) + 131n + BigInt(record.data.length);
        const written = { ...record, stream: name, revision: records.length, position };
        records.push(written);
        all.push(written);
      }
      return { ok: true, revision: records.length - 1, position: all.at(-1)?.position ?? 0n };
    },
  };
}
