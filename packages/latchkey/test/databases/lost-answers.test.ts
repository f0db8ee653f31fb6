// Commits over a connection that loses bytes: each caller gets a token, and each request takes effect once.
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually } from '../../../../e2e/eventually.ts'
import { layCable } from '../../../../e2e/replicas/cable.ts'
import { endSessions } from '../../../../e2e/replicas/end-sessions.ts'
import { stopwatch } from '../../../../e2e/stopwatch.ts'
import { REPLACE } from '../../src/domain/issue-mode.ts'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing } from '../changing.ts'
import { DEADLINES } from '../../src/storage/postgres/deadlines.ts'
import { type OpenedStore, openPromptReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { type Cluster, startCluster } from '../postgres/cluster.ts'
import { aDatabase, atPort, execute, serverProcess } from '../postgres/databases.ts'
import { aFaultyConnection } from '../postgres/faulty-connection.ts'
import { UNHURRIED } from '../postgres/unhurried.ts'
import { setParameter } from '../postgres/synchronous-pair.ts'

const CLIENT = 'lkone'
/** A client whose superseded token stays valid for a minute. */
const GRACIOUS = 'lkgracious'

async function issue(store: OpenedStore, scope = PREDICT) {
  const outcome = await issueFrom(store.tokens, attempt(CLIENT, scope))
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value.token
}

/** Makes a replica with a faulty connection and a replica with a sound connection. A first token is live. */
async function twoReplicas(deadlines = DEADLINES) {
  const url = await aDatabase()
  const connection = await aFaultyConnection(url)
  const [here, there] = [await openPromptReplica(connection.url, { deadlines }), await openPromptReplica(url)]
  onTestFinished(async () => {
    await Promise.all([here.close(), there.close()])
    expect(connection.unmet).toBe(0)
  })
  await there.integrations.create([newIntegration(CLIENT)], [])
  const first = await issue(there)
  await here.tokens.read(CLIENT, PREDICT)
  const row = async (scope = PREDICT, clientId = CLIENT) => {
    const [found] = await execute(url, `SELECT * FROM slot WHERE client_id = '${clientId}' AND scope = '${scope}'`)
    return found as { generation: string; issuances: string; live_jti: string | null }
  }
  const change = (kind: 'disable' | 'enable') => there.integrations.change(CLIENT, ...changing({ kind }))
  return { url, connection, here, there, first, row, change }
}

/**
 * The deadlines of a server for single answers. Whole requests have no deadline, because the test measures their
 * duration.
 */
const MEASURED = { ...UNHURRIED, commit: DEADLINES.commit, read: DEADLINES.read, heartbeat: DEADLINES.heartbeat }

const timed = async <Value>(
  act: Promise<Value>,
  ...processes: readonly number[]
): Promise<{ readonly value: Value; readonly took: number }> => {
  const took = stopwatch(...processes)
  return { value: await act, took: took() }
}

describe.skipIf(!has('postgresql'))('a token request', () => {
  test.each(['answer', 'request', 'late', 'timeout'] as const)(
    'is answered within two seconds and issues one token, if this fault hits its commit: %s',
    async (loss) => {
      const { url, connection, here, there, first, row } = await twoReplicas(MEASURED)
      const server = await serverProcess(url)
      connection.next({ loss })
      const { value: second, took } = await timed(issue(here), server)
      expect(took).toBeLessThan(2000)
      const after = await row()
      expect(after).toMatchObject({ live_jti: second.jti, issuances: '2', generation: String(first.generation + 1) })
      await connection.carryOut()
      expect(await row()).toEqual(after)
      expect((await there.tokens.read(CLIENT, PREDICT))?.live).toEqual(second)
    },
  )

  test('gets its token if its late first statement takes effect just before its second statement', async () => {
    const { connection, here, first, row } = await twoReplicas()
    connection.next({ loss: 'late' }, { loss: 'wait', meanwhile: () => connection.carryOut() })
    const second = await issue(here)
    expect(await row()).toMatchObject({
      live_jti: second.jti,
      issuances: '2',
      generation: String(first.generation + 1),
    })
  })

  test('gets the newer token if its own token was superseded before its commit got an answer', async () => {
    const { connection, here, there, row } = await twoReplicas()
    connection.next({ loss: 'answer', meanwhile: () => issue(there) })
    const second = await issue(here)
    expect(await row()).toMatchObject({ live_jti: second.jti, issuances: '3' })
    expect((await there.tokens.read(CLIENT, PREDICT))?.live?.jti).toBe(second.jti)
  })

  test('does not end the token that another replica issued between its late first statement and its second statement', async () => {
    const { connection, here, there, row } = await twoReplicas()
    const meanwhile = async (): Promise<void> => {
      await connection.carryOut()
      await issue(there)
    }
    connection.next({ loss: 'late' }, { loss: 'wait', meanwhile })
    const second = await issue(here)
    expect(await row()).toMatchObject({ live_jti: second.jti, issuances: '3' })
  })

  test('gets its token after a lost answer, and so does each request that shares the token', async () => {
    const { connection, here, row } = await twoReplicas()
    connection.next({ loss: 'answer' })
    const shared = await Promise.all(Array.from({ length: 8 }, () => issue(here)))
    const { live_jti } = await row()
    expect(new Set(shared.map(({ jti }) => jti))).toEqual(new Set([live_jti]))
  })

  test('gets its token after its commit was lost twice, and so does a request for another scope in the same commit', async () => {
    const { connection, here, row } = await twoReplicas()
    connection.next({ loss: 'request' }, { loss: 'late' })
    const [predict, model] = await Promise.all([issue(here, PREDICT), issue(here, MODEL)])
    expect(await row(PREDICT)).toMatchObject({ live_jti: predict.jti })
    expect(await row(MODEL)).toMatchObject({ live_jti: model.jti })
    await connection.carryOut()
    expect(await row(PREDICT)).toMatchObject({ live_jti: predict.jti, issuances: '2' })
  })

  test('is refused if its commit was lost and its integration was disabled before the retry', async () => {
    const { connection, here, row, change } = await twoReplicas()
    connection.next({ loss: 'request', meanwhile: () => change('disable') })
    expect(await issueFrom(here.tokens, attempt(CLIENT))).toMatchObject({ ok: false })
    expect(await row()).toMatchObject({ live_jti: null, issuances: '1' })
  })

  test('gets 503 if its token was stored, and ended because an operator disabled the integration', async () => {
    const { connection, here, row, change } = await twoReplicas()
    connection.next({ loss: 'answer', meanwhile: () => change('disable') })
    await expect(issue(here)).rejects.toThrow(StoreUnavailable)
    expect(await row()).toMatchObject({ live_jti: null, issuances: '2' })
  })

  test('changes nothing if its statement arrives after the integration was disabled and enabled again', async () => {
    const { connection, here, row, change } = await twoReplicas()
    const meanwhile = async (): Promise<void> => {
      await change('disable')
      await change('enable')
    }
    connection.next({ loss: 'late', meanwhile })
    const second = await issue(here)
    const after = await row()
    expect(after).toMatchObject({ live_jti: second.jti, issuances: '2' })
    await connection.carryOut()
    expect(await row()).toEqual(after)
  })

  test('gets 503 if its late first statement stores the token, and an operator then disables the integration', async () => {
    const { connection, here, row, change } = await twoReplicas()
    let other: Promise<unknown> | undefined
    const endItsToken = async (): Promise<void> => {
      await connection.carryOut()
      await change('disable')
      await change('enable')
    }
    // The second batch contains two requests, and the statement of that batch is lost.
    connection.next(
      {
        loss: 'late',
        meanwhile: async () => {
          other = issue(here)
          await here.integrations.find(CLIENT)
        },
      },
      { loss: 'request', meanwhile: endItsToken },
    )
    await expect(issue(here)).rejects.toThrow(StoreUnavailable)
    await other
    expect(await row()).toMatchObject({ issuances: '3' })
  })

  test('gets its token in spite of a short outage', async () => {
    const { url, here } = await twoReplicas()
    await endSessions({ url })
    const tokens = await Promise.all(Array.from({ length: 5 }, () => issue(here)))
    expect(new Set(tokens.map(({ jti }) => jti)).size).toBe(1)
  })

  test('gets 503 within two seconds if the database is unreachable, like a check of a token', async () => {
    const { cable, store } = await aDyingDatabase()
    cable.goDead()
    await expectPromptRefusals([
      issue(store),
      issue(store, MODEL),
      Promise.resolve(store.tokens.read(CLIENT, PREDICT)),
      store.proveWrite(),
    ])
  })

  test('gets 503 within two seconds if it waits for a readiness check, which waits for a read that gets no answer', async () => {
    const { cable, store } = await aDyingDatabase()
    cable.goDead()
    // The readiness check begins with a read on the connection of this read.
    const read = store.credentials.of(CLIENT).catch(() => undefined)
    await expectPromptRefusals([store.proveWrite(), issue(store), issue(store, MODEL)])
    await read
  })

  test('gets 503 within two seconds if the database becomes unreachable while the server reads a change of another server', async () => {
    const url = await aDatabase()
    const cable = await layCable(Number(new URL(url).port))
    const connection = await aFaultyConnection(atPort(url, cable.port), 'changed\0')
    const [here, there] = [await openPromptReplica(connection.url), await openPromptReplica(url)]
    await here.integrations.create([newIntegration(CLIENT)], [])
    const isDead = Promise.withResolvers<undefined>()
    connection.next({
      loss: 'wait',
      meanwhile: () => {
        cable.goDead()
        isDead.resolve(undefined)
        return Promise.resolve()
      },
    })
    await there.integrations.create([newIntegration('lkother')], [])
    await isDead.promise
    await expectPromptRefusals([issue(here), issue(here, MODEL)])
    cable.mend()
    await Promise.all([here.close(), there.close()])
  })
})

/**
 * Makes a store with a live token. A test can stop the connections of the store to its database. The store is closed
 * after the running test.
 */
async function aDyingDatabase() {
  const url = await aDatabase()
  const cable = await layCable(Number(new URL(url).port))
  const store = await openPromptReplica(atPort(url, cable.port))
  onTestFinished(async () => {
    cable.mend()
    await store.close()
  })
  await store.integrations.create([newIntegration(CLIENT)], [])
  await issue(store)
  return { cable, store }
}

async function expectPromptRefusals(requested: readonly Promise<unknown>[]): Promise<void> {
  const reported = await Promise.all(requested.map((act) => timed(act.catch((cause: unknown) => cause))))
  for (const { value, took } of reported) {
    expect(value).toBeInstanceOf(StoreUnavailable)
    expect(took).toBeLessThan(2000)
  }
}

describe.skipIf(!has('postgresql'))('a readiness check that writes', () => {
  test('gets 503 within two seconds if it waits for reads that get no answer', async () => {
    const { cable, store } = await aDyingDatabase()
    cable.goDead()
    // After an answer to this read, the server would read the changes of other servers.
    await expect(store.tokens.read(CLIENT, PREDICT)).rejects.toThrow(StoreUnavailable)
    await expectPromptRefusals([store.proveWrite()])
  })
})

describe.skipIf(!has('postgresql'))('a revocation', () => {
  test.each(['answer', 'request', 'late'] as const)(
    'is answered after the token has ended, even if this fault hits its commit: %s',
    async (loss) => {
      const { connection, here, there, first, row } = await twoReplicas()
      connection.next({ loss })
      expect(await here.tokens.revoke(CLIENT, PREDICT, first.jti)).toBe(true)
      expect(await row()).toMatchObject({ live_jti: null })
      const second = await issue(there)
      await connection.carryOut()
      expect(await row()).toMatchObject({ live_jti: second.jti })
    },
  )

  test('is answered only after the token has ended, even if two revocations of one token conflict with a change by another server', async () => {
    const { connection, here, there, row } = await twoReplicas()
    await there.integrations.create([newIntegration(GRACIOUS, REPLACE, 60)], [])
    const tokenOf = async (): Promise<string> => {
      const outcome = await issueFrom(there.tokens, attempt(GRACIOUS))
      if (!outcome.ok) throw new Error(outcome.refusal.reason)
      return outcome.value.token.jti
    }
    const [predecessor, live] = [await tokenOf(), await tokenOf()]
    await here.tokens.read(GRACIOUS, PREDICT)
    let answered = 0
    let early: number | undefined
    connection.next(
      // Another server revokes the superseded token. So the stored row changes, and its live token stays.
      { loss: 'wait', meanwhile: () => there.tokens.revoke(GRACIOUS, PREDICT, predecessor) },
      {
        loss: 'wait',
        meanwhile: () => {
          early = answered
          return Promise.resolve()
        },
      },
    )
    const revoke = () =>
      here.tokens.revoke(GRACIOUS, PREDICT, live).then(() => {
        answered++
      })
    await Promise.all([revoke(), revoke()])
    expect(early).toBe(0)
    expect(await row(PREDICT, GRACIOUS)).toMatchObject({ live_jti: null })
  })

  test('does not end a newer token if the answer to its commit was lost', async () => {
    const { connection, here, there, first, row } = await twoReplicas()
    connection.next({ loss: 'answer', meanwhile: () => issue(there) })
    await here.tokens.revoke(CLIENT, PREDICT, first.jti)
    expect(await row()).toMatchObject({ issuances: '2' })
    expect((await row()).live_jti).not.toBeNull()
  })
})

describe.skipIf(!has('postgresql'))('a change of the configuration', () => {
  test.each([
    ['answer', false],
    ['request', true],
  ] as const)('gets 503 and takes effect at most once, if this fault hits its commit: %s', async (loss, left) => {
    const url = await aDatabase()
    const connection = await aFaultyConnection(url, 'commit_configuration_change')
    const store = await openPromptReplica(connection.url)
    await store.integrations.create([newIntegration(CLIENT)], [])
    const version = async () => (await execute(url, 'SELECT configuration FROM store'))[0]?.['configuration']
    const before = Number(await version())
    connection.next({ loss })
    await expect(store.integrations.change(CLIENT, ...changing({ kind: 'disable' }))).rejects.toThrow(StoreUnavailable)
    expect((await store.integrations.find(CLIENT))?.integration.enabled).toBe(left)
    expect(Number(await version())).toBe(left ? before : before + 1)
    expect((await issueFrom(store.tokens, attempt(CLIENT))).ok).toBe(left)
    expect(connection.unmet).toBe(0)
    await store.close()
  })
})

describe.skipIf(!has('postgresql-server'))('a token whose commit is visible before the standby has the commit', () => {
  test('reaches no caller until the standby has confirmed a later commit', async () => {
    const cluster = await startCluster()
    try {
      const store = await openPromptReplica(cluster.url)
      await store.integrations.create([newIntegration(CLIENT)], [])
      const first = await issue(store)
      await setParameter(cluster, `synchronous_standby_names = 'pg_receivewal'`)
      const requested = timed(issue(store).catch((cause: unknown) => cause))
      await eventually(() => cancelWait(cluster), { within: 60_000, what: 'the commit waits for its standby' })
      // The database shows the new token already, but the server gives it neither to the caller nor to a check.
      const seen = await eventually(
        async () => (await execute(cluster.url, `SELECT live_jti FROM slot WHERE issuances = 2`))[0]?.['live_jti'],
        { within: 60_000, what: 'the token is in the row' },
      )
      expect(seen).not.toBe(first.jti)
      await expect(Promise.resolve(store.tokens.read(CLIENT, PREDICT))).rejects.toThrow(StoreUnavailable)
      const { value, took } = await requested
      expect(value).toBeInstanceOf(StoreUnavailable)
      expect(took).toBeLessThan(2000)
      cluster.receiveWal()
      const live = await eventually(
        () =>
          Promise.resolve(store.tokens.read(CLIENT, PREDICT)).then(
            (slot) => slot?.live,
            () => undefined,
          ),
        { within: 60_000, what: 'the standby is there' },
      )
      expect(live.jti).toBe(seen)
      await issue(store)
      await store.close()
    } finally {
      await cluster.remove()
    }
  })
})

/** Cancels a commit that waits for its standby. Returns true if some commit was waiting. */
async function cancelWait({ url }: Cluster): Promise<boolean> {
  const cancelled = await execute(
    url,
    `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
      WHERE wait_event = 'SyncRep' AND application_name = 'latchkey commits'`,
  )
  return cancelled.length > 0
}
