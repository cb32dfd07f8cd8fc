/** From a miner's bytes to an admitted project: unpack, read the manifest, find the parts, measure. Pure of any record. */
import { type Rejection, refusalOf, refuse } from '../../domain/submission/intake-codes.ts';
import { DEFAULT_MANIFEST, parseManifest } from '../../domain/submission/manifest.ts';
import { findManifest, type ProjectLayout, resolveLayout } from '../../domain/submission/manifest-layout.ts';
import { COMPRESSION, payloadBytes } from '../runtime/payload.ts';
import { contentOf } from '../runtime/project-files.ts';
import { parseManifestYaml } from './manifest-yaml.ts';
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from './unpack/limits.ts';
import { unpack } from './unpack/unpack.ts';

export interface AdmissionLimits extends ArchiveLimits {
  readonly maxManifestBytes: number;
  /** Of `compressedBytes`: how much information a project may carry. */
  readonly maxCompressedBytes: number;
}

export const DEFAULT_ADMISSION_LIMITS: AdmissionLimits = {
  ...DEFAULT_ARCHIVE_LIMITS,
  maxManifestBytes: 64 * 1024,
  maxCompressedBytes: 24 * 1024,
};

export interface Admitted {
  readonly ok: true;
  readonly layout: ProjectLayout;
  /** By path relative to the project's root, in order of UTF-16 code units. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** `[path, SHA-256]` of each file, in the order of `files`. */
  readonly digests: readonly (readonly [path: string, sha256: string])[];
  /** SHA-256 of the canonical JSON of `digests`: the same project packed by another tool has the same. */
  readonly contentDigest: string;
  readonly fileCount: number;
  readonly totalBytes: number;
  /** Size of all paths and files together, compressed by `COMPRESSION`. */
  readonly compressedBytes: number;
}

export type Admission = Admitted | { readonly ok: false; readonly rejection: Rejection };

/** Every input gets an answer; what is thrown is a fault of ours. */
export async function admit(zip: Buffer, limits: AdmissionLimits): Promise<Admission> {
  const unpacked = await unpack(zip, limits);
  if (!unpacked.ok) return unpacked;
  const { files, totalBytes } = unpacked;
  try {
    if (totalBytes === 0) refuse('archive-empty', null, 'all files of the archive are empty');
    const layout = layoutOf(files, limits);
    const compressedBytes = await payloadBytes(files);
    if (compressedBytes > limits.maxCompressedBytes) {
      const sizes = `${compressedBytes} bytes, allowed are ${limits.maxCompressedBytes}`;
      refuse('payload-too-large', null, `all files together compress (${COMPRESSION}) to ${sizes}`);
    }
    const { digests, contentDigest } = contentOf(files);
    const fileCount = files.size;
    return { ok: true, layout, files, digests, contentDigest, fileCount, totalBytes, compressedBytes };
  } catch (caught) {
    return { ok: false, rejection: refusalOf(caught) };
  }
}

/** A layout stands in an event, which has at most 65,535 bytes. */
const MAX_LAYOUT_BYTES = 48 * 1024;

/** @throws IntakeRefusal */
function layoutOf(files: ReadonlyMap<string, Buffer>, limits: AdmissionLimits): ProjectLayout {
  const paths = new Set(files.keys());
  const manifestPath = findManifest(paths);
  const bytes = manifestPath === null ? undefined : files.get(manifestPath);
  if (manifestPath === null || bytes === undefined) return resolveLayout(DEFAULT_MANIFEST, null, paths);
  const data = parseManifestYaml(bytes, manifestPath, limits.maxManifestBytes);
  const layout = resolveLayout(parseManifest(data, manifestPath), manifestPath, paths);
  const size = Buffer.byteLength(JSON.stringify(layout));
  if (size > MAX_LAYOUT_BYTES) {
    const sizes = `${size} bytes of paths, allowed are ${MAX_LAYOUT_BYTES}`;
    refuse('manifest-invalid', manifestPath, `\`architecture\` and \`training\` name ${sizes}`);
  }
  return layout;
}
