/** More of a log than sockets hold, for readers that stop reading. */
import type { Decided } from '../../../domain/events/catalogue.ts';
import { streamOf, submissionId } from '../../../domain/events/ids.ts';
import { generateLedger } from '../../support/ledger.ts';

/** Some 30 MB of events, and some that come later. */
export function heavyLedger(): { entries: Buffer[]; more: Buffer[] } {
  const ledger = generateLedger({ submissions: 1, epochs: 0 });
  const finding = {
    rule: 'r',
    path: 'p'.repeat(500),
    line: 1,
    message: 'm'.repeat(500),
    hint: 'h'.repeat(500),
  };
  for (let number = 0; number < 900; number += 1) {
    const hotkey = `5Heavy${number}`;
    const id = submissionId(ledger.ledger, hotkey, 'n');
    const received = {
      hotkey,
      nonce: 'n',
      uid: null,
      requestHash: '0'.repeat(64),
      filename: 'a.zip',
      byteLength: 1,
      chainHeight: null,
    };
    const rejected: Decided = {
      type: 'SubmissionRejected',
      data: {
        stage: 'intake',
        code: 'heavy',
        message: '',
        findings: Array(20).fill(finding),
        findingsBlob: null,
      },
    };
    ledger.append(
      streamOf.submission(id),
      id,
      'service:test',
      { type: 'SubmissionReceived', data: received },
      rejected,
    );
  }
  const entries = ledger.entries();
  return { entries: entries.slice(0, -100), more: entries.slice(-100) };
}
