/** `npm run bench -- <name>`: measures against a floor in the same run and prints ratios. No test asserts a time. */
import { parseArgs } from 'node:util';
import { benchEvaluation } from './evaluation.ts';

const BENCHES: { readonly [name: string]: () => Promise<readonly string[]> } = {
  evaluation: benchEvaluation,
};

const { positionals } = parseArgs({ allowPositionals: true });
const [name = ''] = positionals;
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`usage: npm run bench -- <name>; there are ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const line of await bench()) process.stdout.write(`${line}\n`);
}
