// A substitute for the authorization server that is down, does not answer, or gives answers that verify never gives.
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
    // A careless proxy could treat these headers as an identity, or follow the redirect.
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
