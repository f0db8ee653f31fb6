// A feed position marks how far a reader has read the changes of tokens. A reader can continue from its position at any
// replica, and gets all changes that it missed. No replica reports a position before the replica has all changes up to
// that position.
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually } from '../../../../e2e/eventually.ts'
import { layCable } from '../../../../e2e/replicas/cable.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing, removing } from '../changing.ts'
import { type OpenedStore, openReplica } from '../engines.ts'
import { FollowedTable } from '../followed-table.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, atPort, execute } from '../postgres/databases.ts'
import { lateAnswers } from '../postgres/late-answers.ts'

const SOON = { within: 30_000 }

async function issue(store: OpenedStore, clientId: string): Promise<string> {
  const outcome = await issueFrom(store.tokens, attempt(clientId))
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value.token.jti
}

/** Opens a replica, which is closed at the end of the running test. */
async function aReplica(url: string): Promise<OpenedStore> {
  const store = await openReplica(url)
  onTestFinished(() => store.close())
  return store
}

/** Returns the feed position of a reader that has all changes of this replica up to now. */
async function placeNow(store: OpenedStore): Promise<string> {
  const { slotChanges, clock } = store
  clock.advance(1)
  const now = clock.monotonic()
  const { position } = await eventually(
    () => {
      const certificate = slotChanges.certificate()
      return certificate !== undefined && certificate.readAt >= now && certificate
    },
    { ...SOON, what: 'a certificate of this moment' },
  )
  return slotChanges.feedPositionAt(position) ?? ''
}

/** Applies the changes after the position to the reader's table. Returns the new position. */
async function goOn(store: OpenedStore, place: string, table: FollowedTable): Promise<number> {
  const missed = await store.slotChanges.since(place)
  if (typeof missed === 'string') throw new Error(missed)
  for (const piece of missed.pieces) table.put(piece)
  return missed.position
}

/** Returns the changes after the position, by integration and scope. */
async function toldAt(store: OpenedStore, place: string): Promise<Record<string, string>> {
  const table = new FollowedTable()
  await goOn(store, place, table)
  return table.words()
}

async function aClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=latchkey' })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

describe.skipIf(!has('postgresql'))('a feed position of one replica', () => {
  const slot = `lkone ${PREDICT}`

  test('gives exactly the later changes at another replica, even if that replica has just started', async () => {
    const url = await aDatabase()
    const [one, two] = [await aReplica(url), await aReplica(url)]
    await one.integrations.create(
      ['lkone', 'lktwo', 'lkthree'].map((id) => newIntegration(id)),
      [],
    )
    await issue(one, 'lktwo')
    const place = await placeNow(one)
    expect(await toldAt(two, place)).toEqual({})
    const jti = await issue(one, 'lkone')
    await two.integrations.change('lkthree', ...changing({ kind: 'disable' }))
    for (const store of [one, two, await aReplica(url)]) {
      const { [slot]: reported, ...others } = await toldAt(store, place)
      expect(reported).toBe(`live ${jti}`)
      expect(Object.entries(others).map(([name, says]) => [name.split(' ')[0], says])).toEqual([
        ['lkthree', 'integration_disabled'],
        ['lkthree', 'integration_disabled'],
      ])
    }
    expect(await toldAt(two, await placeNow(one))).toEqual({})
  })

  test('gives the scopes of integrations that were created later, and of integrations that were removed', async () => {
    const url = await aDatabase()
    const [one, two] = [await aReplica(url), await aReplica(url)]
    await one.integrations.create([newIntegration('lkone')], [])
    await issue(one, 'lkone')
    const table = new FollowedTable()
    table.follow(one.slotChanges, 0)
    const place = await placeNow(one)
    await one.integrations.create([newIntegration('lknew')], [])
    await one.integrations.remove('lkone', removing)
    await goOn(two, place, table)
    expect(Object.values(table.words())).toEqual(['empty', 'empty', 'revoked', 'revoked'])
  })

  test('gives the current state of an integration that was removed and created again with the same client ID', async () => {
    const url = await aDatabase()
    const [one, two] = [await aReplica(url), await aReplica(url)]
    const declared = { ...newIntegration('lkone'), firstGeneration: 1000 }
    await one.integrations.create([declared], [])
    await issue(one, 'lkone')
    const table = new FollowedTable()
    table.follow(one.slotChanges, 0)
    const place = await placeNow(one)
    await one.integrations.remove('lkone', removing)
    await one.integrations.create([declared], [])
    await goOn(two, place, table)
    expect(Object.values(table.words())).toEqual(['empty', 'empty'])
  })

  test('is answered by a replica that lags behind only after that replica has caught up, and then with every change', async () => {
    const url = await aDatabase()
    const one = await aReplica(url)
    const cable = await layCable(Number(new URL(url).port))
    const behind = await aReplica(atPort(url, cable.port))
    await one.integrations.create([newIntegration('lkone')], [])
    await issue(one, 'lkone')
    await placeNow(behind)
    cable.goDead()
    await one.integrations.change('lkone', ...changing({ kind: 'disable' }))
    const place = await placeNow(one)
    await one.integrations.change('lkone', ...changing({ kind: 'enable' }))
    const jti = await issue(one, 'lkone')
    behind.clock.advance(1)
    const cameAt = behind.clock.monotonic()
    let isTold = false
    const table = new FollowedTable()
    const reported = goOn(behind, place, table).finally(() => (isTold = true))
    await placeNow(one)
    expect(isTold).toBe(false)
    expect(behind.slotChanges.certificate()?.readAt).toBeLessThan(cameAt)
    cable.mend()
    table.follow(behind.slotChanges, await reported)
    expect(table.words()[slot]).toBe(`live ${jti}`)
    expect(behind.slotChanges.certificate()?.readAt).toBeGreaterThanOrEqual(cameAt)
  })

  test('does not advance past an uncommitted change, but later changes are reported at once', async () => {
    const url = await aDatabase()
    const [one, two] = [await aReplica(url), await aReplica(url)]
    await one.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    await issue(one, 'lkone')
    const sleeping = await aClient(url)
    await sleeping.query('BEGIN')
    await sleeping.query(`UPDATE slot SET generation = 9, revoked_generation = live_generation, live_generation = NULL,
      live_jti = NULL, live_issued_at = NULL, live_expires_at = NULL, live_audience = NULL
      WHERE client_id = 'lkone' AND scope = '${PREDICT}'`)
    await sleeping.query(
      `INSERT INTO change (slot_id) SELECT id FROM slot WHERE client_id = 'lkone' AND scope = '${PREDICT}'`,
    )
    const { position } = two.slotChanges
    const jti = await issue(one, 'lktwo')
    await eventually(
      () => two.slotChanges.after(position, 100)?.slots.some((reported) => reported.slot?.live?.jti === jti),
      { ...SOON, what: 'what came after it' },
    )
    const place = await placeNow(two)
    await sleeping.query('COMMIT')
    expect(await toldAt(one, place)).toMatchObject({ [slot]: 'revoked' })
    // The transaction with the uncommitted change has ended, so the feed position can advance.
    await eventually(async () => Object.keys(await toldAt(one, await placeNow(two))).length === 0, {
      ...SOON,
      what: 'a place after it',
    })
  })

  test('advances past a change number that PostgreSQL assigned to a transaction that was rolled back', async () => {
    const url = await aDatabase()
    const [one, two] = [await aReplica(url), await aReplica(url)]
    await one.integrations.create([newIntegration('lkone')], [])
    await issue(one, 'lkone')
    const aborted = await aClient(url)
    await aborted.query('BEGIN')
    await aborted.query('INSERT INTO change (slot_id) VALUES (1)')
    await issue(one, 'lkone')
    expect(await toldAt(one, await placeNow(two))).toHaveProperty([slot])
    await aborted.query('ROLLBACK')
    await eventually(async () => Object.keys(await toldAt(one, await placeNow(two))).length === 0, {
      ...SOON,
      what: 'a place after it',
    })
  })

  test('stays valid until changes after it are removed from the log', async () => {
    const url = await aDatabase()
    const one = await aReplica(url)
    await one.integrations.create([newIntegration('lkone')], [])
    await issue(one, 'lkone')
    const place = await placeNow(one)
    const [row] = await execute(url, 'SELECT max(seq) AS seq FROM change')
    for (let i = 0; i < 3; i++) await issue(one, 'lkone')
    const prune = (above: number) =>
      execute(url, `DELETE FROM change WHERE seq < ${String(Number(row?.['seq']) + above)}`)
    await prune(0)
    expect(Object.keys(await toldAt(one, place))).toEqual([slot])
    await prune(2)
    expect(await one.slotChanges.since(place)).toBe('too_old')
  })

  test('is unknown if the store was restored, in another database, and if it is malformed', async () => {
    const url = await aDatabase()
    const [one, two] = [await aReplica(url), await aReplica(await aDatabase())]
    await one.integrations.create([newIntegration('lkone')], [])
    await issue(one, 'lkone')
    const place = await placeNow(one)
    expect(await two.slotChanges.since(place)).toBe('unknown')
    expect(await one.slotChanges.since('nonsense')).toBe('unknown')
    await execute(url, 'UPDATE store SET floor = floor + 1000, configuration = configuration + 1')
    expect(await one.slotChanges.since(place)).toBe('unknown')
  })

  test('gives each of many simultaneous readers all the changes that the reader missed', async () => {
    const url = await aDatabase()
    const [one, two] = [await aReplica(url), await aReplica(url)]
    const clientIds = Array.from({ length: 8 }, (_, i) => `lk${String(i)}`)
    await one.integrations.create(
      clientIds.map((id) => newIntegration(id)),
      [],
    )
    const places: string[] = []
    for (const clientId of clientIds) {
      places.push(await placeNow(one))
      await issue(one, clientId)
    }
    const reported = await Promise.all(places.map((place) => toldAt(two, place)))
    for (const [at, names] of reported.map((words) => Object.keys(words)).entries()) {
      for (const clientId of clientIds.slice(at)) expect(names).toContain(`${clientId} ${PREDICT}`)
    }
  })
})

describe.skipIf(!has('postgresql'))('a replica', () => {
  test('continues after a change of an integration that was removed before the change arrived', async () => {
    const url = await aDatabase()
    const store = await aReplica(url)
    await store.integrations.create([newIntegration('lkone')], [])
    await execute(
      url,
      `INSERT INTO slot (id, client_id, scope, granted, open, generation, issuances, revoked_generation,
      superseded_generation) VALUES (99, 'lkgone', '${PREDICT}', 1, 1, 1, 0, 0, 0);
      INSERT INTO change (slot_id) VALUES (99); UPDATE store SET configuration = configuration + 1`,
    )
    await placeNow(store)
    expect(await store.integrations.find('lkgone')).toBeUndefined()
  })
})

describe.skipIf(!has('postgresql'))('a replica certifies', () => {
  test('no position while the database has not answered its own commit, even if other replicas have seen that commit', async () => {
    const url = await aDatabase()
    const late = await lateAnswers(Number(new URL(url).port), 'latchkey commits')
    const [here, there] = [await aReplica(atPort(url, late.port)), await aReplica(url)]
    await there.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    await here.integrations.find('lkone')
    const first = await issue(here, 'lkone')
    await placeNow(here)
    const { position } = here.slotChanges
    late.hold()
    const second = issue(here, 'lkone')
    await eventually(async () => (await there.tokens.read('lkone', PREDICT))?.live?.jti !== first, {
      ...SOON,
      what: 'the commit',
    })
    here.clock.advance(1)
    const knownAt = here.clock.monotonic()
    // This replica still reads and reports the changes of other replicas.
    const other = await issue(there, 'lktwo')
    const reported = () => here.slotChanges.after(position, 100)?.slots.map(({ slot }) => slot?.live?.jti) ?? []
    await eventually(() => reported().includes(other), { ...SOON, what: 'news of another replica' })
    expect(here.slotChanges.certificate()?.readAt).toBeLessThan(knownAt)
    late.release()
    const jti = await second
    await eventually(() => (here.slotChanges.certificate()?.readAt ?? 0) >= knownAt, { ...SOON, what: 'a certificate' })
    expect(reported()).toContain(jti)
  })
})
