/**
 * node scripts/complete-lock.mjs: adds to package-lock.json what npm leaves out where a registry lacks it.
 *
 * Packages with native code name one optional dependency for each platform. A registry that mirrors only some platforms
 * makes npm write a lock file without the others, and then `npm ci` refuses it everywhere. Their versions are pinned by
 * the package that names them, and their platform is in their name: enough for npm to know that they are not for here.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'wasm32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64', 'wasm32'];

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const added = [];
for (const { optionalDependencies = {}, dev } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    if (path in lock.packages || !/^\d/.test(version)) continue;
    const words = name.split(/[-/]/);
    lock.packages[path] = {
      version,
      cpu: PROCESSORS.filter((processor) => words.includes(processor)).slice(0, 1),
      ...(dev ? { dev } : {}),
      ...(words.includes('musl') ? { libc: ['musl'] } : {}),
      optional: true,
      os: SYSTEMS.filter((system) => words.includes(system)),
    };
    added.push(`${name}@${version}`);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`added ${added.length}: ${added.join(' ')}\n`);
