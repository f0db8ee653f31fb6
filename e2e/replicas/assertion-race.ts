// Sends the same assertion on several connections to one server, or to several servers of one database, at the same
// moment.
import { assertionForm } from '../../packages/latchkey/test/client-assertions.ts'
import { Connection } from '../connection.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { aKeyClient } from '../key-client.ts'
import { aTrustedPlatform } from '../platform-client.ts'
import type { RealServer } from '../real-server.ts'

/** After a hundred refused requests in a minute a client gets 429, and after a thousand an address does. */
const REFUSALS_OF_A_CLIENT = 90
const CLIENTS_OF_AN_ADDRESS = 10

/** Makes clients of the server. Each resolves to a function that makes a token request with a new assertion. */
export type Clients = (server: RealServer) => Promise<() => Promise<() => URLSearchParams>>

const headers = { 'content-type': 'application/x-www-form-urlencoded' }
const TOKEN_REQUEST = { grant_type: 'client_credentials', scope: PREDICT }

const withKeys: Clients = (server) =>
  Promise.resolve(async () => {
    const client = await aKeyClient(server)
    return () => assertionForm(client.sign(), TOKEN_REQUEST)
  })

const onPlatform: Clients = async (server) => {
  const platform = await aTrustedPlatform(server)
  let uses = 0
  return async () => {
    const integration = await createIntegration(server)
    await platform.trustedBy(integration, { reuse: 'once' })
    const named = { ...TOKEN_REQUEST, client_id: integration.clientId }
    return () => assertionForm(platform.sign({ jti: `use-${String(++uses)}` }), named)
  }
}

export const SINGLE_USE: readonly (readonly [name: string, clients: Clients])[] = [
  ['of a client key', withKeys],
  ['of a platform with a rule for single use', onPlatform],
]

export interface Race {
  /** The first server makes the clients. */
  readonly servers: readonly [RealServer, ...RealServer[]]
  /** The number of connections to each server. */
  readonly connections: number
  readonly clients: Clients
  readonly rounds: number
}

/** Returns for each assertion the statuses of its answers, the lowest first. */
export async function raceOfAssertions({
  servers,
  connections: count,
  clients,
  rounds,
}: Race): Promise<readonly (readonly number[])[]> {
  const aClient = await clients(servers[0])
  const roundsOfAClient = Math.floor(REFUSALS_OF_A_CLIENT / (servers.length * count - 1))
  const outcomes: (readonly number[])[] = []
  for (let nth = 0; outcomes.length < rounds; nth++) {
    const request = await aClient()
    // On Linux any address of 127.0.0.0/8 belongs to this machine.
    const address = `127.0.0.${String(1 + Math.floor(nth / CLIENTS_OF_AN_ADDRESS))}`
    const connections = servers.flatMap((server) =>
      Array.from({ length: count }, () => new Connection(server, { address })),
    )
    for (let round = 0; round < roundsOfAClient && outcomes.length < rounds; round++) {
      const body = request().toString()
      const answers = await Promise.all(
        connections.map((connection) => connection.send({ path: '/v1/token', headers, body })),
      )
      outcomes.push(answers.map(({ status }) => status).toSorted((a, b) => a - b))
    }
    for (const connection of connections) connection.close()
  }
  return outcomes
}

/** Returns the wrong outcomes. In a right outcome exactly one request gets a token, and all others get 401. */
export const wrongOutcomes = (outcomes: readonly (readonly number[])[]): readonly (readonly number[])[] =>
  outcomes.filter(([first, ...others]) => first !== 200 || others.some((status) => status !== 401))
