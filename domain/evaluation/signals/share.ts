/** A share of cases, with an uncertainty that does not vanish where none or all of few cases have it. */
import { PPM } from '../units.ts';

export interface Share {
  readonly count: number;
  readonly of: number;
  readonly sharePpm: number;
  /** Agresti and Coull 1998: two successes and two failures are added before sqrt(p (1 - p) / n). */
  readonly standardErrorPpm: number;
}

/** `of` may be 0: the share of nothing is 0, and quite uncertain. */
export function shareOf(count: number, of: number): Share {
  const p = (count + 2) / (of + 4);
  return {
    count,
    of,
    sharePpm: of === 0 ? 0 : Math.round((count * PPM) / of),
    standardErrorPpm: Math.round(PPM * Math.sqrt((p * (1 - p)) / (of + 4))),
  };
}
