/** The contract on a real server: `npm run test:eventstoredb` with its address in EVENTSTOREDB_URL. Leaves its streams there. */
import { openEventStore } from '../../infra/event-store/index.ts';
import { eventStoreContract } from './event-store.contract.ts';

const url = process.env.EVENTSTOREDB_URL;
if (url === undefined || !/^esdb(\+discover)?:\/\//.test(url)) {
  throw new Error(
    'EVENTSTOREDB_URL does not say which server to test on; for example EVENTSTOREDB_URL=esdb://localhost:2113?tls=false npm run test:eventstoredb',
  );
}

eventStoreContract(`@eventstore/db-client on ${new URL(url).host}`, async () => openEventStore(url));
