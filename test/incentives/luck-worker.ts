/** Plays scenarios on a thread of its own: millions of challenges run several times slower inside Jest's sandbox. */
import { parentPort, workerData } from 'node:worker_threads';
import { live, type Scenario } from './luck-simulation.ts';

const scenarios: readonly Scenario[] = workerData;
for (const scenario of scenarios) parentPort?.postMessage({ name: scenario.name, outcome: live(scenario) });
