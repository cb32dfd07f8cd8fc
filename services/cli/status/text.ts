/** A submission's status in words. */
import type { RunProgress } from '../../../domain/evaluation/progress.ts';
import { bits, findingText, printable, table } from '../output.ts';
import type { StatusChange, SubmissionStatus } from './submission-status.ts';

function outcome({ final_score, architectureClaim, trainingClaim }: SubmissionStatus['submission']): string {
  const parts = [`score ${final_score ?? 'unknown'}`];
  if (architectureClaim !== null) parts.push(`architecture ${architectureClaim}`);
  if (trainingClaim !== null) parts.push(`training ${trainingClaim}`);
  return parts.join(', ');
}

function detail({ submission, progress }: SubmissionStatus): string {
  const { status, phase, attempts, runs, reason } = submission;
  if (reason !== null) return `${reason.message} [${reason.code}]`;
  if (status === 'completed') return outcome(submission);
  if (status === 'held') return 'waits for a resolver';
  if (status !== 'running') return phase;
  const done =
    progress === null ? `${runs.length} runs` : `${progress.runsDone} of ${progress.runsPlanned} runs`;
  return `attempt ${attempts}, ${done} done`;
}

/** One line: `running: attempt 1, 4 of 9 runs done`. */
export function headline(status: SubmissionStatus): string {
  return printable(`${status.submission.status}: ${detail(status)}`);
}

/** All that is shown of a submission, with a row for each run under way. Losses are in bits per byte. */
export function statusText(status: SubmissionStatus): string {
  const { submission, progress } = status;
  const { id, hotkey, kind, reason } = submission;
  const lines = [printable(`${id} of ${hotkey}${kind === null ? '' : `, ${kind}`}`), headline(status)];
  const rows = (progress?.runs ?? []).map(({ run, step, steps, lossMicrobits }) => [
    run,
    `${step} of ${steps}`,
    lossMicrobits === null ? 'not yet judged' : bits(lossMicrobits),
  ]);
  if (rows.length > 0) lines.push('', table(['run', 'step', 'loss'], rows));
  for (const finding of reason?.findings ?? []) lines.push('', findingText(finding));
  return lines.join('\n');
}

function runText({ run, step, steps, lossMicrobits, ended, runsDone, runsPlanned }: RunProgress): string {
  const judged = lossMicrobits === null ? '' : `, loss ${bits(lossMicrobits)}`;
  const over = ended ? `, recorded: ${runsDone} of ${runsPlanned} runs done` : '';
  return `${run}: step ${step} of ${steps}${judged}${over}`;
}

/** One line for a file or a pipe: the run that has come on, or where the submission stands now. */
export function changeText({ status, told }: StatusChange): string {
  return told === null ? headline(status) : runText(told);
}
