// Issue, check, revoke, disable and enable at three replicas at once: every history is one order; broken replicas are caught.
import { accept, type AccessTokenClaims } from '@latchkey/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { between, type Chance, oneOf, seededChance } from '../../../../e2e/chance.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { verifyToken } from '../../src/operations/verify-token.ts'
import type { Slots } from '../../src/ports/slots.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing } from '../changing.ts'
import { type OpenedStore, openReplica } from '../engines.ts'
import { type Operation, type Outcome, Recorder } from '../history/history.ts'
import { isLinearizable } from '../history/linearizable.ts'
import { databaseOfSuite, type TestDatabase } from '../postgres/databases.ts'

let database: TestDatabase | undefined
let replicas: readonly OpenedStore[] = []
let chance: Chance
beforeAll(async () => {
  if (!has('postgresql')) return
  chance = seededChance()
  database = await databaseOfSuite()
  const { url } = database
  replicas = [await openReplica(url), ...(await Promise.all([openReplica(url), openReplica(url)]))]
}, 60_000)
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.close()))
  await database?.drop()
}, 60_000)

/** Wraps the slots of one replica. */
type Build = (slots: Slots) => Slots

const ACTS = 22

let made = 0

async function history(build: Build): Promise<readonly Operation[]> {
  const clientId = `lkhistory${String(++made)}`
  await (replicas[0] as OpenedStore).integrations.create([newIntegration(clientId)], [])
  const slots = replicas.map((replica) => build(replica.tokens))
  const recorder = new Recorder()
  const tokens: string[] = []
  const running: Promise<Outcome>[] = []
  const check = (at: number, text: string): Promise<Outcome> => {
    const { catalog, clock } = replicas[at] as OpenedStore
    const signatures = { verify: (token: string) => accept(JSON.parse(token) as AccessTokenClaims) }
    return recorder.record({ kind: 'check', jti: jtiOf(text) }, async () => {
      const verdict = await verifyToken({ signatures, slots: slots[at] as Slots, catalog, clock }, text)
      return { kind: verdict.ok ? 'live' : 'dead' }
    })
  }
  const issue = (at: number): Promise<Outcome> =>
    recorder.record({ kind: 'issue' }, async (): Promise<Outcome> => {
      // As the token endpoint does, which authenticates first.
      await (replicas[at] as OpenedStore).integrations.find(clientId)
      const outcome = await (slots[at] as Slots).issue(attempt(clientId))
      if (!outcome.ok) return { kind: 'refused' }
      const { text, token } = outcome.value
      tokens.push(text)
      return { kind: 'issued', jti: token.jti }
    })
  const revoke = (at: number, text: string): Promise<Outcome> =>
    recorder.record({ kind: 'revoke', jti: jtiOf(text) }, async () => {
      await (replicas[at] as OpenedStore).integrations.find(clientId)
      await (slots[at] as Slots).revoke(clientId, PREDICT, jtiOf(text))
      return { kind: 'done' }
    })
  const change = (at: number, kind: 'disable' | 'enable'): Promise<Outcome> =>
    recorder.record({ kind }, async () => {
      const changed = await (replicas[at] as OpenedStore).integrations.change(clientId, ...changing({ kind }))
      return { kind: changed.ok ? 'done' : 'refused' }
    })
  for (let n = 0; n < ACTS; n++) {
    const at = between(chance, 0, replicas.length - 1)
    const text = tokens.length === 0 ? undefined : oneOf(chance, tokens.slice(-3))
    const dice = between(chance, 1, 100)
    if (text === undefined || dice <= 40) running.push(issue(at))
    else if (dice <= 75) running.push(check(at, text))
    else if (dice <= 92) running.push(revoke(at, text))
    else running.push(change(at, dice <= 96 ? 'disable' : 'enable'))
    if (chance() < 0.4) await oneOf(chance, running)
  }
  await Promise.all(running)
  for (const text of new Map(tokens.map((token) => [jtiOf(token), token])).values())
    await check(between(chance, 0, 2), text)
  return recorder.operations
}

const jtiOf = (text: string): string => (JSON.parse(text) as AccessTokenClaims).jti

/** What was read once is good enough. */
const cachedVerdict: Build = (slots) => {
  let seen: ReturnType<Slots['read']> | undefined
  return { ...slots, read: (clientId, scope) => (seen ??= slots.read(clientId, scope)) }
}

/** The usual single flight, for as long as a slow answer takes. */
const joiningReads: Build = (slots) => {
  let inFlight: ReturnType<Slots['read']> | undefined
  return {
    ...slots,
    read: (clientId, scope) =>
      (inFlight ??= Promise.resolve(slots.read(clientId, scope)).then(async (slot) => {
        for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
        inFlight = undefined
        return slot
      })),
  }
}

/** Reads, sees that it is the live token, and later ends whatever is live by then. */
const carelessRevocation: Build = (slots) => ({
  ...slots,
  revoke: async (clientId, scope, jti) => {
    if ((await slots.read(clientId, scope))?.live?.jti !== jti) return false
    for (let i = 0; i < 400; i++) await new Promise((resolve) => setImmediate(resolve))
    const now = (await slots.read(clientId, scope))?.live?.jti
    return now === undefined ? false : slots.revoke(clientId, scope, now)
  },
})

describe.skipIf(!has('postgresql'))('three replicas', () => {
  test('leave histories that one order explains', async () => {
    for (let n = 0; n < 40; n++) expect(isLinearizable(await history((slots) => slots))).toBe(true)
  }, 60_000)

  test.each([
    ['remember a verdict', cachedVerdict],
    ['let a check join a read that is under way', joiningReads],
    ['revoke without comparing', carelessRevocation],
  ])(
    'that %s are caught',
    async (_title, build) => {
      let isCaught = false
      for (let n = 0; n < 200 && !isCaught; n++) isCaught = !isLinearizable(await history(build))
      expect(isCaught).toBe(true)
    },
    120_000,
  )
})
