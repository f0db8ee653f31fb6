// A store whose clients have two secrets each, and the uses of those secrets.
import type { Scope } from '@latchkey/protocol'
import { expect } from 'vitest'
import type { AttentionQuery, LastUse } from '../src/ports/integrations.ts'
import { attempt, newIntegration, openStore } from './a-store.ts'
import { changing } from './changing.ts'
import { embedded, type EngineUnderTest, type OpenedStore } from './engines.ts'
import { issueFrom } from './issue-from.ts'

/** A list without a filter for attention. */
export const NO_ATTENTION: AttentionQuery = { only: undefined, present: new Map(), unusedBefore: 0 }

export const CLIENTS = ['lkone', 'lktwo', 'lkthree']
export const SECRETS = ['first', 'second']

export const secretOf = (clientId: string, which: string): string =>
  which === 'first' ? `sec_${clientId}` : `sec_${clientId}_2`

/** The number of issuance histories that a starting server reads at a time. */
export const READ_AT_ONCE = 1

/** A small interval, so that issuances are often copied into the histories. */
export const FOLD_AFTER = 17

export const openUsedStore = (engine: EngineUnderTest, place: string): Promise<OpenedStore> =>
  engine === embedded
    ? openStore(place, 'api://default', { foldAfter: FOLD_AFTER, readAtOnce: READ_AT_ONCE })
    : engine.open(place)

export async function aStoreWithSecrets(engine: EngineUnderTest, place: string): Promise<OpenedStore> {
  const store = await openUsedStore(engine, place)
  await store.integrations.create(
    CLIENTS.map((clientId) => newIntegration(clientId)),
    [],
  )
  for (const clientId of CLIENTS) {
    const secret = { id: secretOf(clientId, 'second'), hash: '\u00ee'.repeat(32), endsAt: undefined }
    const change = changing({ kind: 'add_secret', secret, sealed: null, origin: 'generated', previousEndAt: undefined })
    expect(await store.integrations.change(clientId, ...change)).toMatchObject({ ok: true })
  }
  return store
}

export async function requestToken(
  store: OpenedStore,
  clientId: string,
  which: string,
  scope: Scope,
  from: string,
): Promise<LastUse> {
  store.clock.advance(1)
  const use = { at: store.clock.now(), address: from, userAgent: 'test' }
  const secretId = secretOf(clientId, which)
  // Records the use of the secret before it requests the token, as the token endpoint does.
  store.secrets.noteUse({ clientId, secretId, ...use })
  const requested = {
    ...attempt(clientId, scope),
    client: { clientId, credentialId: secretId },
    requester: { address: from, userAgent: 'test' },
  }
  expect(await issueFrom(store.tokens, requested)).toMatchObject({ ok: true })
  return use
}

/** Returns the client IDs, the most recently used first. Reads them in pages of one. */
export async function listed(store: OpenedStore): Promise<readonly string[]> {
  const filter = { search: undefined, enabled: undefined, scope: undefined, attention: NO_ATTENTION }
  const order: string[] = []
  const page = { ...filter, order: '-last_used', limit: 1 } as const
  for (let next = await store.integrations.list({ ...page, after: undefined }); ;) {
    order.push(...next.items.map(({ state }) => state.integration.clientId))
    if (next.next === undefined) break
    next = await store.integrations.list({ ...page, after: next.next })
  }
  return order
}
