/**
 * node scripts/setup/modules.mjs <run|test> <cache folder>
 *
 * The npm packages first (plain JavaScript, Node 18); one of them is the Node that the rest of the set-up runs on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NODE = 'node_modules/.bin/node';

if (!installed()) {
  process.stderr.write('set-up: npm ci (packages of package-lock.json)\n');
  if (spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { stdio: ['ignore', 2, 2] }).status !== 0) {
    process.stderr.write('set-up: npm ci failed, see above\n');
    process.exit(1);
  }
}
const { status } = spawnSync(NODE, [join('scripts/setup/main.ts'), ...process.argv.slice(2)], {
  stdio: ['ignore', 2, 2],
});
process.exit(status ?? 1);

/** Whether what npm says it installed is what the lock file asks for; packages for other platforms may be absent. */
function installed() {
  if (!existsSync(NODE) || !existsSync('node_modules/.package-lock.json')) return false;
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return path in present ? present[path].version === version : optional === true;
  });
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
