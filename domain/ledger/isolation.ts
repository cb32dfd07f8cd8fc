/** Where it pays, what was trained was trained in isolation: a plain process, or nothing that was read back, will not do. */
import type { Measurement } from '../evaluation/measurement.ts';
import { isTable, type Plan } from '../evaluation/plan.ts';
import { runName } from '../evaluation/runs.ts';
import { ensure } from '../refused.ts';

/** Throws `RefusedError` for a run under a plan that pays whose containers were none. Tables run in the judge and need none. */
export function ensureIsolated(
  { profile, panel }: Pick<Plan, 'profile' | 'panel'>,
  measured: Pick<Measurement, 'pair' | 'variant' | 'point' | 'seed' | 'sandboxes'>,
): void {
  const member = measured.pair === 'reference' ? panel[measured.variant] : undefined;
  if (profile !== 'official' || (member !== undefined && isTable(member.model))) return;
  const { trainer, predictor } = measured.sandboxes;
  const runtimes = [trainer, predictor].map((sandbox) => sandbox?.runtime ?? 'none');
  ensure(
    runtimes.every((runtime) => runtime !== 'none' && runtime !== 'process'),
    'wrong-content',
    `run ${runName(measured)} was not isolated (${runtimes.join(', ')}), and its policy pays`,
  );
}
