import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openEventStore } from '../../infra/event-store/index.ts';
import { startEventStoreDbDouble } from '../doubles/eventstoredb/server.ts';
import { eventStoreContract } from './event-store.contract.ts';

const dir = mkdtempSync(join(tmpdir(), 'prism-event-store-'));
const double = await startEventStoreDbDouble();
afterAll(() => {
  double.stop();
  rmSync(dir, { recursive: true });
});

eventStoreContract('SQLite file', async () => openEventStore(`sqlite:${join(dir, 'ledger.db')}`));
eventStoreContract('SQLite in memory', async () => openEventStore(':memory:'));
eventStoreContract('@eventstore/db-client on a double of its server', async () => openEventStore(double.url));

test('the client used Append and Read only, though the server offers BatchAppend', () => {
  expect(new Set(double.calls)).toEqual(new Set(['Append', 'Read']));
});
