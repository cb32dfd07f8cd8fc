/** Who submits what in the demo, in which order: our example projects, as real miners would send them. */
import { join } from 'node:path';

export const EXAMPLES = join(import.meta.dirname, '../../../examples');

export interface DemoMiner {
  /** Folder under `examples/`. */
  readonly project: string;
  readonly hotkey: string;
  /** Its family must be discovered before this can be written: the `architecture_id` that the miner fills in. */
  readonly forFamilyOf?: string;
  readonly note: string;
}

export const MINERS: readonly DemoMiner[] = [
  { project: 'bigram-table', hotkey: 'hotkey-bigram', note: 'a table of byte pairs' },
  { project: 'gru', hotkey: 'hotkey-gru', note: 'a GRU' },
  { project: 'small-gpt', hotkey: 'hotkey-gpt', note: 'a small GPT with a recipe of its own' },
  {
    project: 'small-gpt-renamed',
    hotkey: 'hotkey-copycat',
    note: 'the same GPT, renamed, reordered and padded: no new family',
  },
  { project: 'imports-socket', hotkey: 'hotkey-socket', note: 'imports socket: rejected in review' },
  { project: 'conv-architecture-only', hotkey: 'hotkey-conv', note: 'an architecture without a recipe' },
  { project: 'gru-with-inference-hook', hotkey: 'hotkey-hook', note: 'has an inference hook: recorded' },
  { project: 'faked-loss', hotkey: 'hotkey-faker', note: 'learns nothing behind a faked loss' },
  { project: 'peeking', hotkey: 'hotkey-peeker', note: 'reads the future in training: earns nothing' },
  {
    project: 'gpt-better-recipe',
    hotkey: 'hotkey-recipe',
    forFamilyOf: 'small-gpt',
    note: 'a better recipe for the GPT family',
  },
];
