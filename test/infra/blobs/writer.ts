/** A process that stores blobs, for tests: `node writer.ts <folder> <count>`. Stores the decimal numbers below `count`; prints digests. */
import { openBlobFolder } from '../../../infra/blobs/folder.ts';

const [dir = '', count = '0'] = process.argv.slice(2);
const blobs = await openBlobFolder(dir);
for (let n = 0; n < Number(count); n += 1)
  console.log(await blobs.put(Buffer.from(String(n).padStart(4_096))));
