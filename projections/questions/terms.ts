/** What of a policy its runs are read by. */
import type { Axis, Plan } from '../../domain/evaluation/plan.ts';
import { firstTrained } from '../../domain/evaluation/runs.ts';
import type { Policy } from '../../domain/policy/policy.ts';

export interface Ladder {
  readonly axis: Axis;
  /** `point` is the rung's place among the plan's points, `scaleMilli` where it stands on its axis. */
  readonly rungs: readonly { readonly point: number; readonly scaleMilli: number }[];
}

export interface Terms {
  readonly scoring: Policy['scoring'];
  readonly panel: Plan['panel'];
  /** Place in the panel of its first trained model at cost 1. */
  readonly firstTrained: number;
  readonly ladders: readonly Ladder[];
}

export function termsOf({ plan, scoring }: Policy): Terms {
  let point = 0;
  const ladders = plan.ladders.map(({ axis, rungs }) => ({
    axis,
    rungs: rungs.map(({ scaleMilli }) => {
      point += 1;
      return { point, scaleMilli };
    }),
  }));
  return { scoring, panel: plan.panel, firstTrained: firstTrained(plan), ladders };
}
