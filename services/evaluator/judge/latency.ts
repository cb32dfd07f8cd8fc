/** Times of predictions as they are recorded: microseconds of processor time per window. */
export { quantilesOf as latencyOf } from '../../../domain/evaluation/signals/latency.ts';
