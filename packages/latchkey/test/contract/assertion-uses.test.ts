// A client assertion can be used once. Its use is recorded in the same commit as the result of the request. Each test
// runs on each storage engine.
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { MOST_ENTRIES, type PresentedUse } from '../../src/domain/replay-window.ts'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import type { IssueAttempt, IssueOutcome } from '../../src/ports/slots.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing, removing } from '../changing.ts'
import { aClientKey, aKeyCredential } from '../client-assertions.ts'
import { ENGINES, type OpenedStore, openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, execute } from '../postgres/databases.ts'
import { aFaultyConnection } from '../postgres/faulty-connection.ts'

const NOW = 1_800_000_000
const CLIENT = 'lkone'
const KEY_ID = 'key_one'

const use = (nth: number, exp = NOW + 60, signedAt = NOW): PresentedUse => ({
  hash: `use${String(nth)}`.padEnd(8, '\u00fe'),
  exp,
  signedAt,
})

const proven = (presented: PresentedUse, scope = PREDICT): IssueAttempt => ({
  ...attempt(CLIENT, scope),
  client: { clientId: CLIENT, credentialId: KEY_ID, use: presented },
})

const issue = (store: OpenedStore, presented: PresentedUse, scope = PREDICT): Promise<IssueOutcome> =>
  issueFrom(store.tokens, proven(presented, scope))

const reasonOf = (outcome: IssueOutcome): string => (outcome.ok ? outcome.value.kind : outcome.refusal.reason)

const aKey = () => aKeyCredential(KEY_ID, aClientKey('ES256', 'one'))

/** An integration with one key and no secret. */
function withKey(...settings: [Parameters<typeof newIntegration>[1]?, number?]) {
  const made = newIntegration(CLIENT, ...settings)
  return { ...made, integration: { ...made.integration, secrets: [], credentials: [aKey()] } }
}

const liveJti = async (store: OpenedStore): Promise<string | undefined> =>
  (await store.tokens.read(CLIENT, PREDICT))?.live?.jti

describe.each(ENGINES)('$name', (engine) => {
  test('refuses an assertion that was used by an earlier request, by a request in the same batch, or before a restart', async () => {
    const place = await engine.aPlace()
    const store = await engine.open(place)
    await store.integrations.create([withKey()], [])
    const both = await Promise.all([issue(store, use(1)), issue(store, use(1)), issue(store, use(2))])
    expect(both.map(reasonOf)).toEqual(['issued', 'assertion_replayed', 'issued'])
    const live = await liveJti(store)
    expect(reasonOf(await issue(store, use(1)))).toBe('assertion_replayed')
    await store.close()

    const after = await engine.open(place)
    expect(reasonOf(await issue(after, use(2)))).toBe('assertion_replayed')
    expect(await liveJti(after)).toBe(live)
    expect(reasonOf(await issue(after, use(3)))).toBe('issued')
    await after.close()
  })

  test('records the use of an assertion even if the request gets the existing live token', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([withKey({ kind: 'stable', renewBeforeSeconds: 60 })], [])
    expect(reasonOf(await issue(store, use(1)))).toBe('issued')
    const live = await liveJti(store)
    expect(reasonOf(await issue(store, use(2)))).toBe('reused')
    expect(reasonOf(await issue(store, use(2)))).toBe('assertion_replayed')
    expect(await liveJti(store)).toBe(live)
    await store.close()
  })

  test('records the use of a request that gets no token, and refuses the assertion a second time', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([withKey()], [])
    const { client, requester } = proven(use(1))
    expect(await store.assertionUses.record(client, requester)).toEqual({ ok: true, value: undefined })
    const again = await store.assertionUses.record(client, requester)
    expect(again).toMatchObject({ ok: false, refusal: { reason: 'assertion_replayed' } })
    expect(reasonOf(await issue(store, use(1)))).toBe('assertion_replayed')
    await store.close()
  })

  test('gives each of 64 simultaneous requests for one scope a token, and only one of the tokens is live', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([withKey()], [])
    const outcomes = await Promise.all(Array.from({ length: 64 }, (_, nth) => issue(store, use(nth))))
    expect(new Set(outcomes.map(reasonOf))).toEqual(new Set(['issued']))
    const jtis = new Set(outcomes.map((outcome) => (outcome.ok ? outcome.value.token.jti : '')))
    expect(jtis).toContain(await liveJti(store))
    await store.close()
  })

  test('answers 503 when more than 256 assertions expire in the same second, and then accepts an assertion that expires later', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([withKey()], [])
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, nth) => issue(store, use(nth))))
    const reasons = outcomes.map(reasonOf)
    expect(reasons.filter((reason) => reason === 'issued')).toHaveLength(MOST_ENTRIES)
    expect(reasons.filter((reason) => reason === 'replay_window_crowded')).toHaveLength(300 - MOST_ENTRIES)
    expect(reasonOf(await issue(store, use(301, NOW + 61)))).toBe('issued')
    await store.close()
  })

  test('refuses a request whose key ended while the request waited, and records no use', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([withKey()], [])
    const ended = store.integrations.change(
      CLIENT,
      ...changing({ kind: 'end_credential', credentialId: KEY_ID, at: NOW }),
    )
    const waiting = issue(store, use(1))
    expect((await ended).ok).toBe(true)
    expect(reasonOf(await waiting)).toBe('credential_ended')
    await store.integrations.change(CLIENT, ...changing({ kind: 'add_key', key: { ...aKey(), id: 'key_two' } }))
    const again = { ...proven(use(1)), client: { clientId: CLIENT, credentialId: 'key_two', use: use(1) } }
    expect(reasonOf(await issueFrom(store.tokens, again))).toBe('issued')
    await store.close()
  })

  test('remembers the uses of a key that ends and is added again', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([withKey()], [])
    expect(reasonOf(await issue(store, use(1)))).toBe('issued')
    await store.integrations.change(CLIENT, ...changing({ kind: 'end_credential', credentialId: KEY_ID, at: NOW }))
    await store.integrations.change(CLIENT, ...changing({ kind: 'add_key', key: { ...aKey(), id: 'key_two' } }))
    const again = { ...proven(use(1)), client: { clientId: CLIENT, credentialId: 'key_two', use: use(1) } }
    expect(reasonOf(await issueFrom(store.tokens, again))).toBe('assertion_replayed')
    await store.close()
  })

  test('answers 503 to old assertions of a client ID that was deleted and created again', async () => {
    const place = await engine.aPlace()
    const store = await engine.open(place)
    await store.integrations.create([withKey()], [])
    expect(reasonOf(await issue(store, use(1)))).toBe('issued')
    await store.integrations.remove(CLIENT, removing)
    await store.integrations.create([{ ...withKey(), firstGeneration: 1 }], [])
    const undecided = await issue(store, use(1))
    expect(undecided).toMatchObject({
      ok: false,
      refusal: { reason: 'assertion_state_unknown', clientId: CLIENT, retryAfterSeconds: 31 },
    })
    await store.close()
    const after = await engine.open(place)
    expect(reasonOf(await issue(after, use(1, NOW + 60, NOW + 30)))).toBe('assertion_state_unknown')
    expect(reasonOf(await issue(after, use(2, NOW + 91, NOW + 31)))).toBe('issued')
    await after.close()
  })

  test('answers 503 to old assertions of a client ID that was created again without a key and got one later', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([withKey()], [])
    expect(reasonOf(await issue(store, use(1)))).toBe('issued')
    await store.integrations.remove(CLIENT, removing)
    await store.integrations.create([{ ...newIntegration(CLIENT), firstGeneration: 1 }], [])
    await store.integrations.change(CLIENT, ...changing({ kind: 'add_key', key: aKey() }))
    expect(reasonOf(await issue(store, use(1)))).toBe('assertion_state_unknown')
    expect(reasonOf(await issue(store, use(2, NOW + 91, NOW + 31)))).toBe('issued')
    await store.close()
  })

  test('answers 503 to assertions that were signed before the store was restored', async () => {
    const place = await engine.aPlace()
    const store = await engine.open(place)
    await store.integrations.create([withKey()], [])
    await store.close()
    await engine.execute(place, `UPDATE store SET floor = ${String(NOW * 1_000_000)}`)
    const after = await engine.open(place)
    expect(reasonOf(await issue(after, use(1, NOW + 60, NOW + 30)))).toBe('assertion_state_unknown')
    expect(reasonOf(await issue(after, use(2, NOW + 91, NOW + 31)))).toBe('issued')
    await after.close()
  })

  test('keeps one row of bounded size for a client, however many assertions it uses', async () => {
    const place = await engine.aPlace()
    const store = await engine.open(place)
    await store.integrations.create([withKey()], [])
    for (let round = 0; round < 40; round++) {
      const of = Array.from({ length: 50 }, (_, nth) => issue(store, use(round * 50 + nth, NOW + 60 + round)))
      expect(new Set((await Promise.all(of)).map(reasonOf))).toEqual(new Set(['issued']))
    }
    await store.close()
    const rows = await engine.query(place, 'SELECT length(entries) AS bytes FROM replay_window')
    expect(rows).toEqual([{ bytes: MOST_ENTRIES * 12 }])
  })
})

describe.skipIf(!has('postgresql'))('two replicas', () => {
  test('accept one assertion once, whichever replica gets it first', async () => {
    const place = await aDatabase()
    const [one, two] = [await openReplica(place), await openReplica(place)]
    await one.integrations.create([withKey()], [])
    await two.integrations.find(CLIENT)
    for (let nth = 0; nth < 100; nth++) {
      const outcomes = await Promise.all([issue(one, use(nth, NOW + 60 + nth)), issue(two, use(nth, NOW + 60 + nth))])
      expect(outcomes.map(reasonOf).toSorted(), String(nth)).toEqual(['assertion_replayed', 'issued'])
    }
    await Promise.all([one.close(), two.close()])
  })

  test('accept each of many different assertions that one client sends for two scopes', async () => {
    const place = await aDatabase()
    const [one, two] = [await openReplica(place), await openReplica(place)]
    await one.integrations.create([withKey()], [])
    await two.integrations.find(CLIENT)
    for (let round = 0; round < 20; round++) {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, nth) => {
          const of = use(round * 8 + nth, NOW + 60 + round)
          return issue(nth % 2 === 0 ? one : two, of, nth % 4 < 2 ? PREDICT : MODEL)
        }),
      )
      // A request whose commit was in conflict with the other replica may get the token that the other replica issued.
      expect(
        outcomes.filter(({ ok }) => !ok),
        String(round),
      ).toEqual([])
    }
    await Promise.all([one.close(), two.close()])
  })

  test('refuse used assertions after one replica deleted a client ID and the other created it again', async () => {
    const place = await aDatabase()
    const [one, two] = [await openReplica(place), await openReplica(place)]
    await one.integrations.create([withKey()], [])
    await two.integrations.find(CLIENT)
    expect([reasonOf(await issue(one, use(1))), reasonOf(await issue(two, use(2)))]).toEqual(['issued', 'issued'])
    await one.integrations.remove(CLIENT, removing)
    await two.integrations.find(CLIENT)
    await two.integrations.create([{ ...withKey(), firstGeneration: 1 }], [])
    await one.integrations.find(CLIENT)
    for (const replica of [one, two]) expect(reasonOf(await issue(replica, use(2)))).toBe('assertion_state_unknown')
    const later = (nth: number) => use(nth, NOW + 91, NOW + 31)
    expect([reasonOf(await issue(one, later(3))), reasonOf(await issue(two, later(4)))]).toEqual(['issued', 'issued'])
    expect(reasonOf(await issue(one, later(4)))).toBe('assertion_replayed')
    await Promise.all([one.close(), two.close()])
  })

  test('refuse an assertion that was used before its client ID was deleted and created again, even if no replica knows its use', async () => {
    const place = await aDatabase()
    const [one, two] = [await openReplica(place), await openReplica(place)]
    await one.integrations.create([withKey()], [])
    await two.integrations.find(CLIENT)
    // The second replica knows one use, so its window has the same version as the window of the new client.
    expect(reasonOf(await issue(two, use(1)))).toBe('issued')
    expect(reasonOf(await issue(one, use(2)))).toBe('issued')
    await one.integrations.find(CLIENT)
    await one.integrations.remove(CLIENT, removing)
    await one.integrations.create([{ ...withKey(), firstGeneration: 1 }], [])
    let reason = reasonOf(await issue(two, use(2)))
    // The second replica may have read the change log between the deletion and the creation.
    if (reason === 'unknown_client') {
      await two.integrations.find(CLIENT)
      reason = reasonOf(await issue(two, use(2)))
    }
    expect(reason).toBe('assertion_state_unknown')
    expect(reasonOf(await issue(two, use(3, NOW + 91, NOW + 31)))).toBe('issued')
    await Promise.all([one.close(), two.close()])
  })

  test('do not report an assertion as used if only a late commit of the same request has used it', async () => {
    const place = await aDatabase()
    const connection = await aFaultyConnection(place, 'commit_assertion_batch')
    const store = await openReplica(connection.url)
    await store.integrations.create([withKey()], [])
    expect(reasonOf(await issue(store, use(1)))).toBe('issued')
    // The first commit reaches the database while the second commit is on its way. The second commit then finds a
    // window that it does not expect.
    connection.next({ loss: 'late' }, { loss: 'wait', meanwhile: () => connection.carryOut() })
    const outcome = await issue(store, use(2))
    expect(connection.unmet).toBe(0)
    expect(reasonOf(outcome)).toMatch(/issued|reused/)
    expect(outcome.ok && outcome.value.token.jti).toBe(await liveJti(store))
    expect(reasonOf(await issue(store, use(2)))).toBe('assertion_replayed')
    await store.close()
  })

  test('issue one token for an assertion that both received, even if two commits of the second replica get no answer', async () => {
    const place = await aDatabase()
    const connection = await aFaultyConnection(place, 'commit_assertion_batch')
    const [one, two] = [await openReplica(place), await openReplica(connection.url)]
    await one.integrations.create([withKey()], [])
    await two.integrations.find(CLIENT)
    const first: IssueOutcome[] = []
    // The first replica uses the assertion while the commit of the second replica is on its way, so the commit of the
    // second replica stores nothing.
    const meanwhile = async (): Promise<void> => {
      first.push(await issue(one, use(1)))
      await connection.carryOut()
    }
    // The next commit of the second replica stores the token for the other request of its batch.
    connection.next({ loss: 'late', meanwhile }, { loss: 'answer' })
    const [again, other] = await Promise.allSettled([issue(two, use(1)), issue(two, use(2))])
    expect(connection.unmet).toBe(0)
    expect(first.map(reasonOf)).toEqual(['issued'])
    expect(other).toMatchObject({ status: 'fulfilled', value: { ok: true } })
    expect(again).not.toMatchObject({ status: 'fulfilled', value: { ok: true } })
    await Promise.all([one.close(), two.close()])
  })

  test('forget the uses that a fail-over lost, even if the same number of assertions was used after the fail-over', async () => {
    const place = await aDatabase()
    const [one, two] = [await openReplica(place), await openReplica(place)]
    await one.integrations.create([withKey()], [])
    await two.integrations.find(CLIENT)
    for (const nth of [1, 2]) expect(reasonOf(await issue(one, use(nth)))).toBe('issued')
    // The new primary never received the second use.
    await execute(
      place,
      `UPDATE replay_window SET version = 1, entries = substr(entries, 1, 12);
       UPDATE store SET floor = ${String(NOW * 1_000_000)}`,
    )
    const later = (nth: number) => use(nth, NOW + 91, NOW + 31)
    expect(reasonOf(await issue(two, later(3)))).toBe('issued')
    expect(reasonOf(await issue(one, later(3)))).toBe('assertion_replayed')
    await Promise.all([one.close(), two.close()])
  })
})
