/** Where a submission stands, once or as it goes on, as the gateway of a running engine says it. */
import { setTimeout as delay } from 'node:timers/promises';
import { types } from 'node:util';
import { z } from 'zod';
import { type RunProgress, runProgressSchema } from '../../../domain/evaluation/progress.ts';
import * as answers from '../../gateway/answers.ts';
import { getJson } from '../client.ts';
import { CommandError } from '../output.ts';
import { messagesOf } from './event-stream.ts';

/** Between attempts to reach a gateway that went away, in milliseconds. */
const RETRY_MS = 1_000;

/** What is shown of a submission; there is more in the answer itself. */
const shownSchema = z.looseObject({
  ...answers.stateSchema.pick({ index: true }).shape,
  ...answers.submissionSchema.pick({
    id: true,
    hotkey: true,
    kind: true,
    status: true,
    phase: true,
    attempts: true,
    reason: true,
    final_score: true,
    architectureClaim: true,
    trainingClaim: true,
  }).shape,
  runs: z.array(z.unknown()),
});

export type EvaluationProgress = NonNullable<z.infer<typeof answers.progressSchema>['progress']>;

export interface SubmissionStatus {
  /** The gateway's answer, whole. */
  readonly submission: z.infer<typeof shownSchema>;
  /** Null where nothing is known or nothing runs. */
  readonly progress: EvaluationProgress | null;
}

/** Throws `CommandError` with what the gateway says where there is no such submission. */
export async function statusOf(gateway: string, submission: string): Promise<SubmissionStatus> {
  const url = `${gateway}/v1/submissions/${encodeURIComponent(submission)}`;
  const [shown, told] = await Promise.all([getJson(url), getJson(`${url}/progress`)]);
  return { submission: shownSchema.parse(shown), progress: answers.progressSchema.parse(told).progress };
}

/** Nothing more is to be waited for but people: scored, held, rejected or given up. */
function isOver({ submission }: SubmissionStatus): boolean {
  return submission.status !== 'pending' && submission.status !== 'running';
}

/** What is known after `told`. */
function withProgress(known: EvaluationProgress | null, told: RunProgress): EvaluationProgress {
  const { run, step, steps, lossMicrobits, at, runsDone, runsPlanned } = told;
  const others = (known?.runs ?? []).filter((other) => other.run !== run);
  const runs = told.ended ? others : [...others, { run, step, steps, lossMicrobits, at }];
  return { runsDone, runsPlanned, at, runs: runs.sort((a, b) => (a.run < b.run ? -1 : 1)) };
}

export interface StatusChange {
  readonly status: SubmissionStatus;
  /** What was told of one run; null where the ledger has gone on. */
  readonly told: RunProgress | null;
}

/** From the feed, after what `from` knows, until it is over or the stream ends. */
async function* follow(gateway: string, from: SubmissionStatus): AsyncGenerator<StatusChange> {
  const { index, id } = from.submission;
  const response = await fetch(`${gateway}/v1/feed?after=${index}&progress=${id}`);
  if (!response.ok || response.body === null)
    throw new CommandError(`${response.status}: the gateway refuses its feed: ${await response.text()}`);
  let status = from;
  for await (const { event, data } of messagesOf(response.body)) {
    let told: RunProgress | null = null;
    if (event === 'progress') {
      told = runProgressSchema.parse(JSON.parse(data));
      status = { ...status, progress: withProgress(status.progress, told) };
    } else if (data.includes(id)) status = await statusOf(gateway, id);
    else continue;
    yield { status, told };
    if (isOver(status)) return;
  }
}

/** What `fetch` throws where a connection is refused or breaks: an error of its own, with the one of the socket as its cause. */
function isCutOff(error: unknown): boolean {
  return types.isNativeError(error) && error.name === 'TypeError' && error.cause !== undefined;
}

/**
 * The present status, then a new one whenever the ledger says more of the submission or a run has come on, until it is over. A gateway that
 * goes away is waited for.
 * @param gatewayOf its address; throws where it will not come back, which ends the watch
 */
export async function* watchStatus(
  gatewayOf: () => string,
  submission: string,
): AsyncGenerator<StatusChange> {
  for (;;) {
    const gateway = gatewayOf();
    try {
      const status = await statusOf(gateway, submission);
      yield { status, told: null };
      if (isOver(status)) return;
      for await (const change of follow(gateway, status)) {
        yield change;
        if (isOver(change.status)) return;
      }
    } catch (error) {
      if (!isCutOff(error)) throw error;
    }
    await delay(RETRY_MS);
  }
}
