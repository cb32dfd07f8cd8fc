/** The endpoint's key: in a file of its own, so that it is in no command line, no environment and no settings. */
import { closeSync, openSync, readSync } from 'node:fs';

const MAX_BYTES = 4_096;
/** What a header can hold, without what JSON would write another way. */
const KEY = /^[\x21\x23-\x5b\x5d-\x7e]{1,4096}$/;

/** The key without white space around it. Throws an `Error` that names the file, and nothing of what is in it. */
export function readKeyFile(file: string): string {
  const buffer = Buffer.alloc(MAX_BYTES + 1);
  let length: number;
  const descriptor = openSync(file, 'r');
  try {
    length = readSync(descriptor, buffer, 0, buffer.length, 0);
  } finally {
    closeSync(descriptor);
  }
  const key = buffer.toString('latin1', 0, length).trim();
  if (length > MAX_BYTES || !KEY.test(key))
    throw new Error(
      `${file}: must hold one key, printable ASCII without spaces and quotes, and nothing else`,
    );
  return key;
}
