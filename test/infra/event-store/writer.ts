/**
 * A process that writes to a ledger, for tests: `node writer.ts <file> <own stream> <shared stream> <rounds>`. Each round appends two events
 * to its own stream and one to the shared one, again for as long as others come first. Prints the id of every event that was acknowledged.
 */
import { type NewEvent, WrongExpectedRevisionError } from '../../../domain/ports.ts';
import { openEventStore } from '../../../infra/event-store/index.ts';
import { newEvent } from '../../contract/events.ts';

const [file = '', own = '', shared = '', rounds = '0'] = process.argv.slice(2);
const store = openEventStore(file);

async function append(stream: string, after: number, events: readonly NewEvent[]): Promise<number> {
  try {
    const revision = await store.append(stream, after < 0 ? 'no-stream' : after, events);
    console.log(events.map(({ id }) => id).join('\n'));
    return revision;
  } catch (error) {
    if (!(error instanceof WrongExpectedRevisionError)) throw error;
    return append(stream, error.actual ?? -1, events);
  }
}

let ownRevision = -1;
let sharedRevision = -1;
for (let round = 0; round < Number(rounds); round += 1) {
  ownRevision = await append(own, ownRevision, [newEvent({ round }), newEvent({ round })]);
  sharedRevision = await append(shared, sharedRevision, [newEvent({ round })]);
}
await store.close();
