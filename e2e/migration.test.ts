// A client of a real server replaces its secret by a key, or by the identity of its platform. During that the server's
// clock moves forward by a day. No request fails, the server shows the last use that the programs know, and it then
// calls the secret safe to end.
import { describe, expect, test } from 'vitest'
import { aClientKey, anAssertion, assertionForm } from '../packages/latchkey/test/client-assertions.ts'
import { has } from '../scripts/programs.mjs'
import { underLoad } from './beside.ts'
import { type Answer, Connection } from './connection.ts'
import { eventually } from './eventually.ts'
import { adminRequest, createIntegration, type Integration, PREDICT } from './integrations.ts'
import { addKey, issuerOf } from './key-client.ts'
import { aMovedClock, type MovedClock } from './moved-clock.ts'
import { aTrustedPlatform } from './platform-client.ts'
import { PLACES } from './places.ts'
import type { RealServer } from './real-server.ts'

const A_DAY = 86_400

/** The credential that takes the place of the secret. */
interface Successor {
  /** Signs an assertion for one request. */
  readonly sign: () => string
}

type Add = (server: RealServer, integration: Integration, clock: MovedClock) => Promise<Successor>

const addOwnKey: Add = async (server, integration, clock) => {
  const key = aClientKey('ES256')
  const sender = { clientId: integration.clientId, issuer: issuerOf(server), key }
  await addKey(server, integration, { jwk: key.jwk })
  return { sign: () => anAssertion(sender, { iat: clock.now(), exp: clock.now() + 60 }) }
}

const addRule: Add = async (server, integration, clock) => {
  const platform = await aTrustedPlatform(server, clock.now)
  await platform.trustedBy(integration)
  return { sign: () => platform.sign() }
}

/**
 * A use of a credential, as the program that sent the request knows it. All times are in seconds of the server's clock.
 */
interface Use {
  readonly status: number
  readonly sentAt: number
  readonly answeredAt: number
  readonly program: string
}

/**
 * A program of the integration. It requests one token after the other: with the secret until `successor` is set, then
 * with the successor.
 */
class Program {
  readonly uses: { readonly secret: Use[]; readonly successor: Use[] } = { secret: [], successor: [] }
  successor: Successor | undefined
  isAtRest = false
  readonly name: string
  readonly #connection: Connection

  constructor(server: RealServer, name: string) {
    this.name = name
    this.#connection = new Connection(server, { userAgent: name })
  }

  get count(): number {
    return this.uses.secret.length + this.uses.successor.length
  }

  async request(integration: Integration, now: () => number): Promise<void> {
    const sentAt = now()
    const kind = this.successor === undefined ? 'secret' : 'successor'
    const { status } = await this.#send(integration)
    this.uses[kind].push({ status, sentAt, answeredAt: now(), program: this.name })
  }

  close(): void {
    this.#connection.close()
  }

  #send(integration: Integration): Promise<Answer> {
    if (this.successor === undefined) return this.#connection.requestToken(integration)
    const body = assertionForm(this.successor.sign(), { grant_type: 'client_credentials', scope: PREDICT })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.#connection.send({ path: '/v1/token', headers, body: body.toString() })
  }
}

interface Listed {
  readonly id: string
  readonly last_used: { readonly at: string; readonly user_agent: string } | null
  readonly safe_to_retire: { readonly verdict: string; readonly why: string }
}

const REPLACED = { verdict: 'yes', why: 'The credential was not used for a day, and another credential was used.' }

/** True if the server shows the last of these uses, or another use that was answered in the same second. */
const isLast = ({ last_used: shown }: Listed, uses: readonly Use[]): boolean => {
  if (shown === null) return uses.length === 0
  const at = Date.parse(shown.at) / 1000
  const latest = Math.max(...uses.map(({ sentAt }) => sentAt))
  const hasSent = uses.some((use) => use.program === shown.user_agent && use.sentAt <= at && at <= use.answeredAt)
  return at >= latest && hasSent
}

describe.skipIf(!has('faketime')).each(PLACES)('on %s', (_engine, aPlace) => {
  test.each([
    ['a key of its own', addOwnKey],
    ['the identity of its platform', addRule],
  ])(
    'a client under load moves from its secret to %s: no request fails, and the secret is safe to end when it is replaced',
    async (_successor, add) => {
      const clock = aMovedClock()
      const server = await (await aPlace()).start({ wrap: clock.wrap })
      const integration = await createIntegration(server)
      const programs = Array.from({ length: 4 }, (_, at) => new Program(server, `worker-${String(at)}/1.0`))
      let isNight = false
      const work = async (program: Program, isOver: () => boolean): Promise<void> => {
        while (!isOver()) {
          program.isAtRest = isNight
          if (isNight) await new Promise((resolve) => setTimeout(resolve, 1))
          else await program.request(integration, clock.now)
        }
      }
      const moreTokens = async (): Promise<void> => {
        const goals = programs.map(({ count }) => count + 20)
        const isDone = (): boolean => programs.every(({ count }, at) => count >= (goals[at] ?? 0))
        await eventually(isDone, { within: 60_000, what: 'twenty more tokens for each program' })
      }
      const night = async (): Promise<void> => {
        isNight = true
        await eventually(() => programs.every(({ isAtRest }) => isAtRest), { within: 60_000, what: 'programs at rest' })
      }
      const list = async (of: 'secrets' | 'credentials'): Promise<Listed> => {
        const answer = await adminRequest(server, 'GET', `/${integration.id}/${of}`)
        const [item] = ((await answer.json()) as { items: Listed[] }).items
        if (item === undefined) throw new Error(`no ${of}`)
        return item
      }
      const usesOf = (kind: 'secret' | 'successor') => programs.flatMap(({ uses }) => uses[kind])

      await underLoad(
        (isOver) => Promise.all(programs.map((program) => work(program, isOver))),
        async () => {
          await moreTokens()
          const successor = await add(server, integration, clock)
          await moreTokens()
          expect(await list('credentials')).toMatchObject({ last_used: null, safe_to_retire: { verdict: 'unknown' } })
          for (const program of programs) {
            program.successor = successor
            await moreTokens()
          }
          await night()
          const [secret, credential] = [await list('secrets'), await list('credentials')]
          expect(isLast(secret, usesOf('secret'))).toBe(true)
          expect(isLast(credential, usesOf('successor'))).toBe(true)
          expect(secret.safe_to_retire).toMatchObject({ verdict: 'no' })
          expect(credential.safe_to_retire).toMatchObject({ verdict: 'no' })

          await clock.move(server, A_DAY)
          isNight = false
          await moreTokens()
          expect(await list('secrets')).toEqual({ ...secret, safe_to_retire: REPLACED })
          expect((await list('credentials')).safe_to_retire).toMatchObject({ verdict: 'no' })
          const ended = await adminRequest(server, 'POST', `/${integration.id}/secrets/${secret.id}/end`)
          expect(ended.status).toBe(200)
          await moreTokens()
          await night()
          expect(isLast(await list('credentials'), usesOf('successor'))).toBe(true)
          expect((await list('credentials')).safe_to_retire.why).toMatch(/only credential/)
        },
      )
      const uses = [...usesOf('secret'), ...usesOf('successor')]
      expect(uses.length).toBeGreaterThan(500)
      expect(uses.filter(({ status }) => status !== 200)).toEqual([])
      const refused = await new Connection(server).requestToken(integration)
      expect(refused.status).toBe(401)
      for (const program of programs) program.close()
    },
  )
})
