/**
 * Takes what Platform vouched for into the ledger: unpacked once, blobs first, then one durable append. The same hotkey and nonce, or the
 * same hotkey and content, get the same answer.
 */
import { sha256 } from '../../domain/events/canonical.ts';
import type { DataOf, Decided, PrismEvent } from '../../domain/events/catalogue.ts';
import { clip } from '../../domain/events/clip.ts';
import { streamOf, submissionId } from '../../domain/events/ids.ts';
import type { LedgerState, SubmissionEntry } from '../../domain/ledger/state.ts';
import type { BlobStore } from '../../domain/ports.ts';
import { decideSubmission } from '../../domain/submission/decide.ts';
import { absentSubmission } from '../../domain/submission/state.ts';
import type { LedgerClient } from '../runtime/ledger-client.ts';
import { putProject } from '../runtime/project-files.ts';
import type { Admission } from './admit.ts';
import type { Archive } from './body.ts';
import { BridgeError, type Vouched } from './headers.ts';

export interface Receipt {
  readonly id: string;
  /** False where the submission stood in the ledger before. */
  readonly fresh: boolean;
  readonly entry: SubmissionEntry;
}

/** Which submission of a hotkey has which body or content, kept by folding events. */
export class KnownContent {
  readonly #byContent = new Map<string, string>();
  readonly #hotkeys = new Map<string, string>();

  fold(event: PrismEvent): void {
    const id = event.stream.slice('submission-'.length);
    if (event.type === 'SubmissionReceived') {
      this.#hotkeys.set(id, event.data.hotkey);
      this.#learn(event.data.hotkey, event.data.requestHash, id);
    } else if (event.type === 'SubmissionAdmitted') {
      this.#learn(this.#hotkeys.get(id) ?? '', event.data.contentDigest, id);
    } else if (event.type === 'EvaluationAbandoned') {
      // Infrastructure gave up on it, so the miner may send it again.
      for (const [content, other] of this.#byContent) if (other === id) this.#byContent.delete(content);
    }
  }

  find(hotkey: string, digest: string): string | undefined {
    return this.#byContent.get(`${hotkey} ${digest}`);
  }

  #learn(hotkey: string, digest: string, id: string): void {
    const key = `${hotkey} ${digest}`;
    if (!this.#byContent.has(key)) this.#byContent.set(key, id);
  }
}

export interface IntakeParts {
  readonly client: LedgerClient;
  readonly known: KnownContent;
  readonly blobs: BlobStore;
  /** From bytes to a project or a named reason; every input gets an answer. */
  readonly admit: (zip: Buffer) => Promise<Admission>;
}

/** Throws `BridgeError` 409 for a nonce that was used for something else. */
export async function receive(
  vouched: Vouched,
  body: Buffer,
  archive: Archive,
  parts: IntakeParts,
): Promise<Receipt> {
  const { client, known } = parts;
  await client.catchUp();
  const id = submissionId(client.ledger, vouched.hotkey, vouched.nonce);
  const early = standing(client.state, id, vouched, known, []);
  if (early !== null) return early;
  const admission = await parts.admit(archive.zip);
  const received = {
    hotkey: vouched.hotkey,
    nonce: vouched.nonce,
    uid: vouched.uid,
    requestHash: sha256(body),
    filename: archive.filename,
    byteLength: body.length,
    chainHeight: null,
  };
  const decided = decideSubmissionFrom(
    received,
    admission,
    admission.ok ? await putProject(parts.blobs, admission.files) : '',
  );
  const digests = admission.ok ? [admission.contentDigest] : [];
  const writing = {
    stream: streamOf.submission(id),
    actor: 'platform',
    correlationId: id,
    cause: null,
    step: `receive ${received.requestHash}`,
    attempt: 1,
  };
  const written = await client.commit(writing, (state) =>
    standing(state, id, vouched, known, digests) === null ? decided : [],
  );
  const receipt = standing(client.state, id, vouched, known, digests);
  if (receipt === null) throw new Error(`submission ${id} was appended but does not stand in the ledger`);
  return { ...receipt, fresh: written.length > 0 };
}

/** The submission that answers this request already, if there is one. */
function standing(
  state: LedgerState,
  id: string,
  vouched: Vouched,
  known: KnownContent,
  digests: readonly string[],
): Receipt | null {
  const own = state.submissions.get(id);
  if (own !== undefined) {
    if (own.state.received?.requestHash !== vouched.requestHash) {
      throw new BridgeError(
        409,
        'nonce-used',
        `nonce ${vouched.nonce} was used by this hotkey for another body`,
      );
    }
    return { id, fresh: false, entry: own };
  }
  for (const digest of [vouched.requestHash, ...digests]) {
    const other = known.find(vouched.hotkey, digest);
    const entry = other === undefined ? undefined : state.submissions.get(other);
    if (entry !== undefined) return { id: entry.id, fresh: false, entry };
  }
  return null;
}

function decideSubmissionFrom(
  received: DataOf<'SubmissionReceived'>,
  admission: Admission,
  filesBlob: string,
): readonly Decided[] {
  const state = absentSubmission;
  if (!admission.ok) {
    const { code, message } = admission.rejection;
    const rejected = {
      stage: 'intake' as const,
      code,
      message: clip(message, 1_000),
      findings: [],
      findingsBlob: null,
    };
    return decideSubmission(state, { type: 'turn-away', received, rejected });
  }
  const { layout, contentDigest, fileCount, totalBytes, compressedBytes } = admission;
  const admitted = {
    layout,
    contentDigest,
    filesBlob,
    fileCount,
    totalBytes,
    compressedBytes,
  };
  return decideSubmission(state, { type: 'admit', received, admitted });
}
