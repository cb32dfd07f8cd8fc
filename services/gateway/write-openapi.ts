/** Writes `docs/openapi.json`: run it whenever an answer's shape has changed. */
import { writeFileSync } from 'node:fs';
import { openApiDocument } from './openapi.ts';
import { VERSION } from './routes/service.ts';

const file = new URL('../../docs/openapi.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(openApiDocument(VERSION), null, 2)}\n`);
