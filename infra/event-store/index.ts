/** Chooses the event store by where it is. */
import type { EventStore } from '../../domain/ports.ts';
import { openEventStoreDb } from './eventstoredb/store.ts';
import { openSqliteEventStore } from './sqlite/store.ts';

/**
 * Opens the store at `url`: `esdb://` or `esdb+discover://` is an EventStoreDB server; `sqlite:<file>`, a plain file path or `:memory:` an
 * SQLite file, made where it does not exist. Throws where the scheme is unknown or the file cannot be opened.
 */
export function openEventStore(url: string): EventStore {
  if (/^esdb(\+discover)?:\/\//.test(url)) return openEventStoreDb(url);
  if (url.startsWith('sqlite:')) return openSqliteEventStore(url.slice('sqlite:'.length));
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1];
  if (scheme !== undefined) {
    throw new Error(
      `no event store speaks ${scheme}://; give a file, sqlite:<file>, esdb://<host> or esdb+discover://<host>`,
    );
  }
  return openSqliteEventStore(url);
}
