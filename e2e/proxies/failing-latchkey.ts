// Replaces the authorization server by one that is down, silent or gives answers that verify never gives.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

export type Failure = number | 'silent'

export interface FailingLatchkey {
  fail(failure: Failure): void
  stop(): Promise<void>
}

const IDENTITY = {
  'X-Latchkey-Client-Id': 'lk00000000000000',
  'X-Latchkey-Scope': 'machinelearning.predict',
  'X-Latchkey-Jti': '00000000-0000-4000-8000-000000000000',
}

export async function startFailingLatchkey(port: number): Promise<FailingLatchkey> {
  let failure: Failure = 'silent'
  const server = createServer((_, response: ServerResponse) => {
    if (failure === 'silent') return
    // Headers that a careless proxy could take for an identity, or follow to another address.
    response.writeHead(failure, { ...IDENTITY, Location: 'http://127.0.0.1:9/' })
    response.end()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    fail: (next) => {
      failure = next
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
