/** Instrumented: which of a project's hooks there were, and how often each was called, as the host inside the container says. */

/** The miners' contract, in the order in which hooks are listed. */
export const HOOKS = [
  'configure_optimizer',
  'inference_logits',
  'infer',
  'compute_loss',
  'train_step',
] as const;
export type Hook = (typeof HOOKS)[number];

export interface HookUse {
  readonly hook: Hook;
  /** Null where nothing readable was said. A hook that was called is present. */
  readonly present: boolean | null;
  /** Null where no count was said, else 0 to 1e9. Nobody outside counted, so this is a claim and has no error to state. */
  readonly calls: number | null;
}

const MOST_CALLS = 1_000_000_000;

/** A property of its own of what may be anything. */
function own(record: unknown, name: string): unknown {
  if (typeof record !== 'object' || record === null) return undefined;
  return Object.getOwnPropertyDescriptor(record, name)?.value;
}

function callsOf(counts: unknown, hook: Hook): number | null {
  const calls = own(counts, hook);
  return typeof calls === 'number' && Number.isSafeInteger(calls) && calls >= 0
    ? Math.min(calls, MOST_CALLS)
    : null;
}

/**
 * One entry per hook of the contract, in a fixed order, whatever was reported: names that are not in the contract, repetitions and counts
 * that cannot be are dropped. It says what to look at and raises nothing.
 *
 * @param record JSON as reported: `{ present: [name, ...], calls: { name: count } }`
 */
export function hookUse(record: unknown): HookUse[] {
  const names = own(record, 'present');
  const counts = own(record, 'calls');
  return HOOKS.map((hook) => {
    const calls = callsOf(counts, hook);
    const listed = Array.isArray(names) ? names.includes(hook) : null;
    return { hook, present: calls !== null && calls > 0 ? true : listed, calls };
  });
}
