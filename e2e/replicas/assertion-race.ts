// Sends the same assertions to two servers of one database at the same moment.
import { Connection } from '../connection.ts'
import { aKeyClient, present } from '../key-client.ts'
import type { Replica } from './fleet.ts'

/** After a hundred refused requests in a minute a client gets 429. */
const ROUNDS_OF_A_CLIENT = 50

/** Returns the statuses of both answers for each assertion, the lower one first. */
export async function raceOfAssertions(
  servers: readonly [Replica, Replica],
  rounds: number,
): Promise<readonly (readonly number[])[]> {
  const connections = servers.map((server) => new Connection(server))
  const outcomes: (readonly number[])[] = []
  let client = await aKeyClient(servers[0])
  for (let round = 1; round <= rounds; round++) {
    const assertion = client.sign()
    const answers = await Promise.all(connections.map((connection) => present(connection, assertion)))
    outcomes.push(answers.map(({ status }) => status).toSorted((a, b) => a - b))
    if (round % ROUNDS_OF_A_CLIENT === 0) client = await aKeyClient(servers[0])
  }
  for (const connection of connections) connection.close()
  return outcomes
}
