/** `npm run sim`: many seeds, or one with its whole history: `npm run sim -- --seed 7`. */
import { parseArgs } from 'node:util';
import { ALL_FAULTS, NO_FAULTS } from './life.ts';
import { handovers } from './scenario.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seeds: { type: 'string', default: '500' } },
});
const all = await handovers();
const expected = await simulate(0, NO_FAULTS, all);
const seeds =
  values.seed === undefined
    ? Array.from({ length: Number(values.seeds) }, (_, i) => i + 1)
    : [Number(values.seed)];
let failed = 0;
for (const seed of seeds) {
  try {
    const outcome = await simulate(seed, ALL_FAULTS, all);
    const same = outcome.digest === expected.digest;
    if (values.seed !== undefined) for (const line of outcome.trace) process.stdout.write(`${line}\n`);
    if (!same) {
      failed += 1;
      process.stdout.write(
        `seed ${seed}: the outcome differs\nexpected ${JSON.stringify(expected.outcome)}\nactual   ${JSON.stringify(outcome.outcome)}\n`,
      );
    } else if (values.seed !== undefined || seed % 50 === 0) {
      process.stdout.write(
        `seed ${seed}: ${outcome.events} events, ${outcome.crashes} crashes, ${outcome.virtualSeconds} virtual seconds: same outcome\n`,
      );
    }
  } catch (error) {
    failed += 1;
    process.stdout.write(
      `seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
}
process.stdout.write(`${seeds.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
