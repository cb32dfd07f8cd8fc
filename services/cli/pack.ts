/** Packs a project's folder as a miner would: a ZIP of its files, the same bytes every time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { packFiles } from '../runtime/zip.ts';

/**
 * @param fill replaces `${NAME}` in `prism.yaml`, as the miner of a `training_for_arch` fills in the family that it is for
 */
export function packFolder(folder: string, fill: { readonly [name: string]: string } = {}): Buffer {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.includes('__pycache__')) continue;
    const full = join(entry.parentPath, entry.name);
    const path = relative(folder, full).split(sep).join('/');
    const text = readFileSync(full);
    files.set(path, path === 'prism.yaml' ? Buffer.from(filled(text.toString('utf8'), fill)) : text);
  }
  return packFiles(files, 6);
}

function filled(text: string, fill: { readonly [name: string]: string }): string {
  return text.replaceAll(/\$\{([A-Z]+)\}/g, (whole, name: string) => fill[name] ?? whole);
}
