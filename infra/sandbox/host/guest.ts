/** What our host runs in, seen from outside: a container, or a plain process where nothing else is to be had. */
import type { SandboxReading, SandboxUsage } from '../../../domain/ports.ts';

/** How a guest stands after its connection broke. */
export type Ending =
  | { readonly how: 'running' }
  | { readonly how: 'out-of-memory' }
  | { readonly how: 'exited'; readonly exitCode: number }
  | { readonly how: 'unknown'; readonly why: string };

export interface Guest {
  /** `performance.now()` when it was started. */
  readonly startedAt: number;
  /** Registers what is called once, when it has written more to standard error than is worth reading. */
  onFlood(handler: () => void): void;
  /** Reads what it has used; keeps the last values once it is gone. Never throws. */
  sampleUsage(): SandboxReading;
  /** Ends it without waiting. Never throws. */
  kill(): void;
  /** Waits up to `graceMs` for it to stop, then says how it stands. Never throws. */
  ending(graceMs: number): Promise<Ending>;
  /** Whether its end by SIGKILL was someone else's doing: its exit status alone does not say so. */
  wasKilledFromOutside(): Promise<boolean>;
  /** Ends and removes it. Never throws. */
  remove(): Promise<SandboxUsage>;
}
