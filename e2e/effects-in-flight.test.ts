// Disabling or deleting an integration, removing a scope and ending a secret, with 32 issuances in flight: each change
// applies to the very next check.
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beside } from './beside.ts'
import { between, seededChance } from './chance.ts'
import { accessToken, type Answer, Connection } from './connection.ts'
import { eventually } from './eventually.ts'
import { adminRequest, createIntegration, type Integration, MODEL, PREDICT } from './integrations.ts'
import { type RealServer, startServerOfSuite } from './real-server.ts'

const CLIENTS = 32
const ROUNDS = 20

let server: RealServer
let clients: readonly Connection[]
let observer: Connection
const chance = seededChance()

beforeAll(async () => {
  server = await startServerOfSuite({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })
  clients = Array.from({ length: CLIENTS }, () => new Connection(server))
  observer = new Connection(server)
})
afterAll(async () => {
  for (const connection of [...clients, observer]) connection.close()
  await server.stop()
})

/** Sends a request to the admin API as the owner. Throws unless the server confirms it. */
async function order<Document>(method: string, path: string, body?: object): Promise<Document> {
  const sent = body === undefined ? undefined : JSON.stringify(body)
  const response = await adminRequest(server, method, path, sent, method === 'PATCH' ? { 'if-match': '*' } : {})
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Document
}

interface Outcome {
  /**
   * The verdict on the token that was acknowledged last before the change, by a check after the change was
   * acknowledged.
   */
  readonly next: string
  /** Every token that the clients received, including tokens of requests in flight during the change. */
  readonly received: readonly string[]
  /** The answers to token requests that were sent after the change was acknowledged. */
  readonly after: readonly Answer[]
}

/** Every client requests tokens in a loop, and sends one more request after the change was acknowledged. */
async function whileIssuing(integration: Integration, act: () => Promise<unknown>): Promise<Outcome> {
  const received: string[] = []
  const after: Answer[] = []
  let isAcknowledged = false
  const ask = async (connection: Connection): Promise<void> => {
    for (;;) {
      const isLast = isAcknowledged
      const answer = await connection.requestToken(integration, PREDICT)
      if (answer.status === 200) received.push(accessToken(answer))
      if (isLast) after.push(answer)
      if (isLast) return
    }
  }
  const asking = Promise.all(clients.map(ask))
  const many = CLIENTS * between(chance, 1, 8)
  const next = await beside(asking, async () => {
    await eventually(() => received.length > many, { within: 60_000, what: 'every client is under way' })
    await act()
    isAcknowledged = true
    return verdictOn(received.at(-1))
  })
  await asking
  return { next, received: [...new Set(received)], after }
}

async function verdictOn(token = ''): Promise<string> {
  const { status, headers } = await observer.verify(token, PREDICT)
  return status === 200 ? 'accepted' : String(headers['latchkey-reason'])
}

async function accepted(tokens: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const token of tokens) if ((await verdictOn(token)) === 'accepted') found.push(token)
  return found
}

/** The server answers 429 after repeated failures, and the ended secret fails each time. */
const WRONG_CREDENTIALS = [401, 429]

const otherThan = (statuses: readonly number[], answers: readonly Answer[]): readonly Answer[] =>
  answers.filter(({ status }) => !statuses.includes(status))

const acts: readonly {
  readonly what: string
  readonly act: (id: string) => Promise<unknown>
  readonly undo?: (id: string) => Promise<unknown>
  readonly reason: string
  /** The statuses that the server may answer to later token requests. */
  readonly statuses: readonly number[]
}[] = [
  {
    what: 'disabled',
    act: (id) => order('POST', `/${id}/disable`),
    undo: (id) => order('POST', `/${id}/enable`),
    reason: 'integration_disabled',
    statuses: WRONG_CREDENTIALS,
  },
  { what: 'deleted', act: (id) => order('DELETE', `/${id}`), reason: 'unknown', statuses: WRONG_CREDENTIALS },
  {
    what: 'denied the scope',
    act: (id) => order('PATCH', `/${id}`, { scopes: [MODEL] }),
    undo: (id) => order('PATCH', `/${id}`, { scopes: [PREDICT, MODEL] }),
    reason: 'revoked',
    statuses: [400],
  },
]

test.for(acts)(
  `if an integration is $what with ${CLIENTS} issuances in flight, its tokens are refused from the next request on`,
  async ({ act, undo, reason, statuses }) => {
    for (let round = 1; round <= ROUNDS; round++) {
      const integration = await createIntegration(server)
      const { next, received, after } = await whileIssuing(integration, () => act(integration.id))
      expect({ round, next }).toEqual({ round, next: reason })
      expect({ round, accepted: await accepted(received) }).toEqual({ round, accepted: [] })
      expect(after).toHaveLength(CLIENTS)
      expect(otherThan(statuses, after)).toEqual([])
      if (undo === undefined) continue
      await undo(integration.id)
      expect({ round, revived: await accepted(received.slice(-CLIENTS)) }).toEqual({ round, revived: [] })
    }
  },
)

test(`a secret that is ended with ${CLIENTS} issuances in flight gets no further token, and the live token stays live`, async () => {
  for (let round = 1; round <= ROUNDS; round++) {
    const old = await createIntegration(server)
    const { items } = await order<{ items: [{ id: string }] }>('GET', `/${old.id}/secrets`)
    const { client_secret } = await order<{ client_secret: string }>('POST', `/${old.id}/rotate-secret`, {})
    const slot = (): Promise<{ generation: number }> => order('GET', `/${old.id}/tokens/${PREDICT}`)
    let atTheEnd = 0
    const { received, after } = await whileIssuing(old, async () => {
      await order('POST', `/${old.id}/secrets/${items[0].id}/end`)
      atTheEnd = (await slot()).generation
    })
    expect(otherThan(WRONG_CREDENTIALS, after)).toEqual([])
    // The generation (the number of the newest token) is unchanged: the server refused each request that it had
    // authenticated before the end of the secret and had not yet recorded at that moment.
    expect({ round, generation: (await slot()).generation }).toEqual({ round, generation: atTheEnd })
    const live = await accepted(received)
    expect({ round, live: live.map((token) => decodeJwt(token)['gen']) }).toEqual({ round, live: [atTheEnd] })
    const renewed = toBasicCredentials(old.clientId, new Secret(client_secret))
    expect(await verdictOn(await observer.token({ basic: renewed }))).toBe('accepted')
  }
})
