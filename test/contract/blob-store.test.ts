import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { openBlobFolder } from '../../infra/blobs/folder.ts';
import { blobStoreContract } from './blob-store.contract.ts';

const dir = mkdtempSync(join(tmpdir(), 'prism-blobs-'));
afterAll(() => rmSync(dir, { recursive: true }));

blobStoreContract('folder', () => openBlobFolder(join(dir, 'blobs')));
