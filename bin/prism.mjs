#!/usr/bin/env node
// Starts the command line on Node 24: this one, or the one that the package brings along.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../services/cli/main.ts', import.meta.url));
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const present = Number(process.versions.node.split('.')[0]) >= 24;
if (!present && !existsSync(own)) {
  process.stderr.write('prism needs Node 24 or later; `npm ci` in its folder brings one along\n');
  process.exit(1);
}
const { status, signal } = spawnSync(present ? process.execPath : own, [main, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? (signal === null ? 1 : 130));
