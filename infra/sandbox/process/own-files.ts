/** Only our own files go into a process that nothing confines. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Frame, SandboxReading, SandboxSession, SandboxUsage } from '../../../domain/ports.ts';
import { ourFault } from '../host/errors.ts';

/** Operations that hand over files to be run or read. */
const HANDS_OVER = new Set(['project', 'review']);

const filesSchema = z.array(z.looseObject({ path: z.string(), size: z.int().min(0) }));

/** A session that passes on a frame only where each file in it is one of `allowed` (lower-case hex SHA-256 of its bytes). */
export class OwnFilesOnly implements SandboxSession {
  readonly effective: SandboxSession['effective'];
  readonly #session: SandboxSession;
  readonly #allowed: ReadonlySet<string>;

  constructor(session: SandboxSession, allowed: ReadonlySet<string>) {
    this.effective = session.effective;
    this.#session = session;
    this.#allowed = allowed;
  }

  /** Throws `our-fault` before anything is sent where a file is not ours; the session goes on. */
  async request(frame: Frame, options: { timeoutMs: number; maxBytes: number }): Promise<Frame> {
    const refused = whyRefused(frame, this.#allowed);
    if (refused !== null)
      throw ourFault(
        `a process without isolation runs our own files only: ${refused}; use the Docker sandbox for it`,
      );
    return await this.#session.request(frame, options);
  }

  usage(): SandboxReading {
    return this.#session.usage();
  }

  close(): Promise<SandboxUsage> {
    return this.#session.close();
  }
}

function whyRefused({ header, body }: Frame, allowed: ReadonlySet<string>): string | null {
  if (!HANDS_OVER.has(String(header.op)) && header.files === undefined) return null;
  const files = filesSchema.safeParse(header.files);
  if (!files.success) return 'a frame that hands over files does not list them';
  let start = 0;
  for (const { path, size } of files.data) {
    const digest = hash('sha256', body.subarray(start, start + size));
    if (!allowed.has(digest)) return `${JSON.stringify(path)} (SHA-256 ${digest}) is not one of them`;
    start += size;
  }
  return start === body.length ? null : `the files listed have ${start} bytes, the frame has ${body.length}`;
}
