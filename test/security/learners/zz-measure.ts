import { createHash } from 'node:crypto';
import { HONEST } from './honest/index.ts';
import { sandbox, corpus } from './judged.ts';
import { farthestPrediction } from '../../../services/evaluator/judge/agreement.ts';
import { planSchema } from '../../../domain/evaluation/plan.ts';
import { shortPolicy } from '../../support/real-engine.ts';
import { systemClock } from '../../../infra/system/index.ts';
import { measure } from '../../../services/evaluator/judge/measure.ts';

const plan = planSchema.parse({ ...shortPolicy.plan, steps: 24, checkpoints: [{ step: 4, windows: 64 }, { step: 24, windows: 256 }],
  trainer: { ...shortPolicy.plan.trainer, memoryBytes: 512 << 20 }, predictor: { ...shortPolicy.plan.predictor, memoryBytes: 512 << 20 } });
const part = (entrypoint: string, sources: any) => ({ entrypoint, files: new Map(Object.entries(sources).map(([p, s]: any) => [p, Buffer.from(s)])) });
async function one(c: any) {
  const first = new Map<string, Float32Array>(); let worst = [0, 0]; let n = 0; let scale = 0;
  const wrapped: any = { open: async (spec: any) => {
    const s = await sandbox.open(spec); let loaded = '';
    return { get effective() { return s.effective; }, usage: () => s.usage(), close: () => s.close(), request: async (f: any, o: any) => {
      if (f.header.op === 'load') loaded = createHash('sha1').update(f.body).digest('hex');
      const a = await s.request(f, o);
      if (f.header.op === 'predict' && !f.header.hook && a.header.ok) {
        const { count, length } = f.header;
        for (let r = 0; r < count; r++) {
          const key = loaded + f.body.subarray(r * length, (r + 1) * length).toString('hex');
          const v = Float32Array.from({ length: 256 }, (_, i) => a.body.readFloatLE((r * 256 + i) * 4));
          for (const x of v) scale = Math.max(scale, Math.abs(x));
          if (spec.role === 'predictor') first.set(key, v);
          else { const w = first.get(key); if (w) { n++; const d = farthestPrediction(v, w); const k = count === 1 ? 0 : 1; worst[k] = Math.max(worst[k], d); } else console.log('no first'); }
        }
      }
      return a;
    } };
  } };
  const submits = c.recipe === 'submission';
  const architecture = part(c.entrypoint ?? 'model.py', c.sources);
  const training = !submits ? null : c.rival === undefined ? part(c.recipeEntrypoint ?? c.entrypoint ?? 'model.py', c.sources) : part('recipe.py', c.rival);
  const run = await measure({ plan, key: { pair: 'architecture', variant: 0, point: 0, seed: 0 }, seed: 'c3'.repeat(32),
    project: { architecture, training, sameRoot: submits && c.rival === undefined, recipe: submits ? 'submission' : 'reference' } as any, payloadBytes: 100, replays: 1, checks: { steps: 0, predictions: 2 }, hook: null },
    { sandbox: wrapped, corpus, clock: systemClock, labels: { 'prism.test': 'zz' }, device: { kind: 'cpu', class: 'test' } });
  console.log(worst[0].toExponential(1), worst[1].toExponential(1), n, scale.toFixed(1), run.checks.predictions, run.ending.kind, c.name, run.ending.detail.slice(0, 200));
}
const pattern = process.argv[2] ?? '';
for (const c of Object.values(HONEST).flat()) if (c.name.includes(pattern)) await one(c).catch((e) => console.log('ERR', c.name, e));
process.exit(0);
