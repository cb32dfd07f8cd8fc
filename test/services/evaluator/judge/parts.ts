/** A judge with scripted containers. */
import type { Project, RunSpec } from '../../../../services/evaluator/judge/run.ts';
import { ScriptedSandbox } from '../../../doubles/scripted-sandbox.ts';
import { shortCorpus, shortPlan } from '../../../doubles/short-plan.ts';
import { testDevice } from '../../../support/evaluator-parts.ts';

export function scriptedProject(script: object, recipe: Project['recipe'] = 'reference'): Project {
  const files = new Map([
    ['model.py', Buffer.from('# scripted\n')],
    ['script.json', Buffer.from(JSON.stringify(script))],
  ]);
  return {
    architecture: { entrypoint: 'model.py', files },
    training: recipe === 'submission' ? { entrypoint: 'model.py', files } : null,
    sameRoot: recipe === 'submission',
    recipe,
  };
}

/** The recipe of one scripted project on the architecture of another. */
export function scriptedPair(script: object): Project {
  const own = scriptedProject(script, 'submission');
  return { ...own, architecture: scriptedProject({}).architecture, sameRoot: false };
}

export function runOf(project: Project, changes: Partial<RunSpec> = {}): RunSpec {
  return {
    plan: shortPlan,
    key: { pair: 'architecture', variant: 0, point: 0, seed: 1 },
    seed: '42'.repeat(32),
    project,
    payloadBytes: 100,
    replays: 1,
    checks: { steps: 0, predictions: 0 },
    hook: null,
    ...changes,
  };
}

export function judgeParts(sandbox = new ScriptedSandbox()) {
  let now = 0;
  const clock = {
    now: () => {
      now += 5;
      return now;
    },
    sleep: () => Promise.resolve(),
  };
  return { sandbox, corpus: shortCorpus, clock, labels: { worker: 'test' }, device: testDevice };
}
