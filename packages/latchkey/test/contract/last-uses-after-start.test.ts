// Right after a start, before the server has read all issuance histories, the server knows the right time of the last
// use of each secret.
import { expect, test } from 'vitest'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import { integrationInsert } from '../../src/rows/rows.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'
import { systemRandom } from '../../src/system.ts'
import { newIntegration } from '../a-store.ts'
import { embedded } from '../engines.ts'
import {
  aStoreWithSecrets,
  CLIENTS,
  listed,
  openUsedStore,
  READ_AT_ONCE,
  requestToken,
  secretOf,
} from '../used-secrets.ts'

test('a list of integrations by last use has the right order while the server still reads the issuance histories', async () => {
  const file = await embedded.aPlace()
  const store = await aStoreWithSecrets(embedded, file)
  for (const clientId of CLIENTS) await requestToken(store, clientId, 'first', MODEL, '192.0.2.1')
  const used = store.clock.now()
  await store.close()
  const connection = new SqliteConnection(file, 'refused', { readAtOnce: READ_AT_ONCE })
  const slotOf = (clientId: string): number => Number(connection.read('slots_of', clientId).at(-1)?.['id'])
  const issue = (clientId: string, at: number): void => {
    const requesters = JSON.stringify([['192.0.2.9', 'test', secretOf(clientId, 'second')]])
    connection.commit([['put_history', slotOf(clientId), 9, systemRandom.uuid(), at, 1, requesters]])
  }
  const lastUseOf = (clientId: string) => connection.read('integration_by_client_id', clientId)[0]?.['last_used_at']
  const order = () => {
    const rows = connection.read('integrations_by_-last_used', null, null, null, null, '{}', 0, null, null, null, 10)
    return rows.map((row) => row['client_id'])
  }
  // Reads the issuance histories of the first client only. The client has two.
  expect([connection.readUses(), connection.readUses()]).toEqual([true, true])
  expect(CLIENTS.map(lastUseOf)).toEqual([used - 2, used - 1, used])
  issue('lkone', used + 1)
  issue('lktwo', used + 2)
  connection.commit([
    ['delete_histories', 'lkthree'],
    ['delete_slots', 'lkthree'],
    ['delete_integration', 'lkthree'],
  ])
  const { profile, integration } = newIntegration('lkfour')
  connection.commit([integrationInsert(profile, integration)])
  expect(order()).toEqual(['lktwo', 'lkone', 'lkfour'])
  expect(connection.readUses()).toBe(false)
  issue('lkone', used + 3)
  expect(order()).toEqual(['lkone', 'lktwo', 'lkfour'])
  expect(['lkone', 'lktwo', 'lkfour'].map(lastUseOf)).toEqual([used + 3, used + 2, 0])
  connection.close()
})

test('a list that is requested right after a start waits until the server has read all issuance histories', async () => {
  const file = await embedded.aPlace()
  const store = await aStoreWithSecrets(embedded, file)
  for (const clientId of CLIENTS.toReversed()) await requestToken(store, clientId, 'first', PREDICT, '192.0.2.1')
  const now = store.clock.now()
  await store.close()
  const again = await openUsedStore(embedded, file)
  again.clock.advance(now - again.clock.now())
  const order = ['lkone', 'lktwo', 'lkthree']
  expect(await Promise.all([listed(again), listed(again)])).toEqual([order, order])
  await requestToken(again, 'lkthree', 'first', PREDICT, '192.0.2.1')
  expect(await listed(again)).toEqual(['lkthree', 'lkone', 'lktwo'])
  await again.close()
})
