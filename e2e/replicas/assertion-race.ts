// Sends the same assertions to two servers of one database at the same moment.
import type { RealServer } from '../real-server.ts'
import { Connection } from '../connection.ts'
import { type KeyClient, present } from '../key-client.ts'

type Server = Pick<RealServer, 'issuer'>

/** Returns the statuses of both answers for each assertion, the lower one first. */
export async function raceOfAssertions(
  servers: readonly [Server, Server],
  client: KeyClient,
  rounds: number,
): Promise<readonly (readonly number[])[]> {
  const connections = servers.map((server) => new Connection(server))
  const outcomes: (readonly number[])[] = []
  for (let round = 0; round < rounds; round++) {
    const assertion = client.sign()
    const answers = await Promise.all(connections.map((connection) => present(connection, assertion)))
    outcomes.push(answers.map(({ status }) => status).toSorted((a, b) => a - b))
  }
  for (const connection of connections) connection.close()
  return outcomes
}
