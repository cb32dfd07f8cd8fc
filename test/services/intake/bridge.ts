/** The HTTP bridge with the real store, real blobs and the real unpacking, without a socket. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../../domain/events/canonical.ts';
import type { EventStore } from '../../../domain/ports.ts';
import { openBlobFolder } from '../../../infra/blobs/folder.ts';
import { systemClock } from '../../../infra/system/clock.ts';
import { admit, DEFAULT_ADMISSION_LIMITS } from '../../../services/intake/admit.ts';
import { intakeApp } from '../../../services/intake/app.ts';
import { KnownContent } from '../../../services/intake/receive.ts';
import { LedgerClient } from '../../../services/runtime/ledger-client.ts';
import { buildZip } from '../../security/archives/raw-zip.ts';
import { type Engine, engineWith, faultyStore, type StoreFaults } from '../../support/engine.ts';
import { openLedger } from '../../support/history.ts';
import type { LedgerBuilder } from '../../support/ledger-builder.ts';

export const TOKEN = 'a shared token';
export const SLUG = 'prism';

export const project = (content = 'def build_model(ctx): ...\n'): Buffer =>
  buildZip({ entries: [{ name: 'model.py', content }] });

/** The reference's request body. */
export const create = (code: string, filename?: string): Buffer =>
  Buffer.from(JSON.stringify({ code, ...(filename === undefined ? {} : { filename }), metadata: {} }));

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly id?: string;
    readonly hotkey?: string;
    readonly status?: string;
    readonly reason?: string | null;
    readonly error?: unknown;
    readonly [key: string]: unknown;
  };
}

type Headers = { readonly [name: string]: string | undefined };

export interface Bridge {
  readonly engine: Engine;
  /** Posts as Platform does; a header that is undefined is left out. */
  post(body: Buffer, headers?: Headers): Promise<Answer>;
  stored(): ReturnType<EventStore['readAll']>;
  /** Whether the folder has a blob. */
  hasBlob(digest: string): Promise<boolean>;
  close(): Promise<void>;
}

/** What Platform says of a body, under one of its prefixes. */
export function headersOf(
  body: Buffer,
  { hotkey = 'hotkey-a', nonce = 'nonce-1', prefix = 'X-Platform' } = {},
) {
  return {
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/zip',
    [`${prefix}-Verified-Hotkey`]: hotkey,
    [`${prefix}-Verified-Nonce`]: nonce,
    [`${prefix}-Request-Hash`]: sha256(body),
  };
}

export async function openBridge(
  faults: StoreFaults = {},
  builder: LedgerBuilder = openLedger(),
): Promise<Bridge> {
  const folder = await mkdtemp(join(tmpdir(), 'prism-intake-'));
  const engine = await engineWith(builder);
  const blobs = await openBlobFolder(folder);
  const known = new KnownContent();
  const client = new LedgerClient({
    store: faultyStore(engine.store, faults),
    bus: engine.bus,
    clock: systemClock,
    tries: 1,
    onEvent: (event) => known.fold(event),
  });
  const app = intakeApp({
    client,
    known,
    blobs,
    admit: (zip) => admit(zip, DEFAULT_ADMISSION_LIMITS),
    token: TOKEN,
    slug: SLUG,
  });
  return {
    engine,
    async post(body, headers = {}) {
      const all = Object.entries({ ...headersOf(body), ...headers }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      );
      const response = await app.inject({
        method: 'POST',
        url: '/internal/v1/bridge/submissions',
        headers: Object.fromEntries(all),
        payload: body,
      });
      return { status: response.statusCode, body: response.json() };
    },
    stored: () => engine.store.readAll(null),
    hasBlob: (digest) => blobs.has(digest),
    async close() {
      await app.close();
      await engine.store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
