// The answers to an unknown client, a wrong secret, a disabled or deleted client, and a request from a forbidden
// address are identical.
import { toBasicCredentials } from '@latchkey/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressRanges } from '../address-ranges.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { createAssertionSignatures } from '../../src/keys/assertion-signatures.ts'
import { authenticateClient } from '../../src/operations/authenticate-client.ts'
import { systemClock } from '../../src/system.ts'
import { vaultOf } from '../opened-store.ts'
import { ask, type RawAnswer, under } from '../raw-http.ts'
import { changing, removing } from '../changing.ts'
import { noKeySources } from '../no-key-sources.ts'

let server: TestServer
let cases: readonly { readonly who: string; readonly caller: TestIntegration }[]

beforeAll(async () => {
  server = await startTestServer()
  const [known, disabled, deleted, elsewhere] = [
    await server.integration(),
    await server.integration(),
    await server.integration(),
    await server.integration(),
  ]
  await server.integrations.change(disabled.clientId, ...changing({ kind: 'disable' }))
  await server.integrations.remove(deleted.clientId, removing)
  await server.integrations.change(
    elsewhere.clientId,
    ...changing({ kind: 'set_allowed_addresses', ranges: addressRanges('192.0.2.0/24') }),
  )
  const unknown = { ...known, clientId: 'lk00000000000000' }
  const wrong = { ...known, clientSecret: disabled.clientSecret }
  cases = [
    { who: 'an unknown client', caller: unknown },
    { who: 'a wrong secret', caller: wrong },
    { who: 'a disabled integration', caller: disabled },
    { who: 'a disabled integration with a wrong secret', caller: { ...disabled, clientSecret: known.clientSecret } },
    { who: 'a deleted integration', caller: deleted },
    { who: 'an integration that is allowed elsewhere', caller: elsewhere },
    {
      who: 'an integration that is allowed elsewhere, with a wrong secret',
      caller: { ...elsewhere, clientSecret: known.clientSecret },
    },
  ]
})

afterAll(() => server.stop())

/** All bytes of the answer except its Date. */
const bytesOf = ({ status, headers, body }: RawAnswer): string =>
  JSON.stringify([status, headers.filter(([name]) => name !== 'date'), body])

const ENDPOINTS = ['/v1/token', '/v1/introspect', '/v1/revoke'] as const

describe.each(ENDPOINTS)('%s gives all these refusals the same bytes', (endpoint) => {
  const requested = `grant_type=client_credentials&scope=${PREDICT}&x=1`
  const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
  const ID = ['X-Request-Id', 'the-same'] as const

  async function answers(
    request: (caller: TestIntegration) => { readonly headers: [string, string][]; readonly body: string },
  ): Promise<readonly RawAnswer[]> {
    const target = under(server.issuer, endpoint)
    return Promise.all(
      cases.map(({ caller }) => {
        const { headers, body } = request(caller)
        return ask(server.publicUrl, { target, headers: [FORM, ID, ...headers], body })
      }),
    )
  }

  function expectTheSame(given: readonly RawAnswer[]): void {
    expect(given.map(({ status }) => status)).toEqual(cases.map(() => 401))
    expect(new Set(given.map(bytesOf)).size).toBe(1)
  }

  // The request has no valid token, because the server authenticates the caller before it checks the token.
  const body = `${requested}${endpoint === '/v1/token' ? '' : '&token=x'}`

  test('for Basic credentials', async () => {
    const basic = ({ clientId, clientSecret }: TestIntegration) => toBasicCredentials(clientId, clientSecret)
    expectTheSame(await answers((caller) => ({ headers: [['Authorization', basic(caller)]], body })))
  })

  test('for credentials in the body', async () => {
    const inBody = ({ clientId, clientSecret }: TestIntegration) =>
      `${body}&client_id=${clientId}&client_secret=${clientSecret.reveal()}`
    expectTheSame(await answers((caller) => ({ headers: [], body: inBody(caller) })))
  })
})

test('for each refusal of credentials the server compares one hash: that of the client or a decoy', async () => {
  const vault = await vaultOf(server.dataDir)
  const work: number[] = []
  for (const { who, caller } of cases) {
    let comparisons = 0
    const counting: typeof vault = {
      ...vault,
      matches: (...candidates) => {
        comparisons++
        return vault.matches(...candidates)
      },
    }
    const failures = { count: () => undefined }
    const secrets = { noteUse: () => undefined }
    const assertions = {
      issuer: server.issuer,
      clientKeySources: noKeySources(),
      assertionSignatures: createAssertionSignatures(),
      assertionUses: { record: () => Promise.reject(new Error('the request has no assertion')) },
      trustedIssuers: { all: () => [], refreshed: () => undefined, clientsNaming: () => [] },
      trustedIssuerKeys: { verify: () => Promise.reject(new Error('the request has no assertion')) },
    }
    const ports = {
      ...{ integrations: server.integrations, vault: counting, clock: systemClock, failures, secrets },
      ...assertions,
    }
    const requester = { address: '127.0.0.1', userAgent: '' }
    const outcome = await authenticateClient(ports, { credentials: caller, requester })
    expect(outcome.ok, who).toBe(false)
    work.push(comparisons)
  }
  expect(work).toEqual(cases.map(() => 1))
})
