/** What the demo shows while it runs: one line per submission on a terminal, redrawn in place; plain lines elsewhere. */

import { runName } from '../../../domain/evaluation/runs.ts';
import type { PrismEvent } from '../../../domain/events/catalogue.ts';
import { figureOf } from '../../../domain/scoring/gains.ts';
import { bits } from '../output.ts';

export interface Progress {
  /** Names a submission, so that people can tell which is which. */
  name(submission: string, name: string): void;
  onEvent(event: PrismEvent): void;
  note(line: string): void;
}

/** What an event means to someone who watches; null for what is not worth a line. */
export function describe(
  event: PrismEvent,
  nameOf: (submission: string) => string = (id) => id,
): string | null {
  switch (event.type) {
    case 'SubmissionAdmitted':
      return `admitted: ${event.data.fileCount} files, ${event.data.compressedBytes} bytes compressed`;
    case 'SubmissionRejected':
      return `rejected in ${event.data.stage}: ${event.data.message}`;
    case 'SubmissionReviewed':
      return `reviewed${event.data.hooks.length === 0 ? '' : `; hooks: ${event.data.hooks.map((hook) => hook.name).join(', ')}`}`;
    case 'EvaluationStarted':
      return `evaluation started, attempt ${event.data.attempt}`;
    case 'RunMeasured': {
      const { ending, curve } = event.data;
      const how = ending.kind === 'completed' ? '' : ` (${ending.kind}: ${ending.detail})`;
      return `${runName(event.data)}: ${bits(figureOf(curve))} bits per byte${how}`;
    }
    case 'SubmissionScored': {
      const { total } = event.data;
      return `scored: gain ${bits(total.meanMicrobits)} +- ${bits(total.standardErrorMicrobits)} bits per byte over the reference`;
    }
    case 'ArchitectureClaimDecided':
      return `architecture ${event.data.outcome}`;
    case 'ArchitectureClaimHeld':
      return `architecture held: ${event.data.similarityPpm / 10_000} % like ${nameOf(event.data.nearSubmission)}`;
    case 'TrainingClaimDecided':
      return `training ${event.data.outcome}`;
    case 'EvaluationFaulted':
    case 'ReviewFaulted':
    case 'EvaluationLapsed':
      return `${event.type}: ${event.data.reason}`;
    case 'EvaluationAbandoned':
      return `abandoned: ${event.data.reason}`;
    default:
      return null;
  }
}

function subjectOf(event: PrismEvent): string {
  return 'submission' in event.data ? event.data.submission : event.stream.slice('submission-'.length);
}

export function plainProgress(write: (line: string) => void): Progress {
  const names = new Map<string, string>();
  return {
    name: (submission, name) => names.set(submission, name),
    onEvent(event) {
      const line = describe(event, (id) => names.get(id) ?? id);
      if (line !== null)
        write(`${event.time.slice(11, 19)} ${names.get(subjectOf(event)) ?? subjectOf(event)}: ${line}`);
    },
    note: write,
  };
}

/** Redraws one row per submission; notes scroll above. */
export function terminalProgress(out: NodeJS.WriteStream): Progress {
  const rows = new Map<string, { name: string; text: string }>();
  let drawn = 0;
  const clear = (): void => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = (): void => {
    const width = Math.max(40, out.columns ?? 100);
    for (const { name, text } of rows.values())
      out.write(`  ${name.padEnd(26)} ${text}`.slice(0, width - 1).concat('\n'));
    drawn = rows.size;
  };
  return {
    name(submission, name) {
      clear();
      rows.set(submission, { name, text: rows.get(submission)?.text ?? 'received' });
      draw();
    },
    onEvent(event) {
      const text = describe(event, (id) => rows.get(id)?.name ?? id);
      if (text === null) return;
      clear();
      const subject = subjectOf(event);
      rows.set(subject, { name: rows.get(subject)?.name ?? subject, text });
      draw();
    },
    note(line) {
      clear();
      out.write(`${line}\n`);
      draw();
    },
  };
}
