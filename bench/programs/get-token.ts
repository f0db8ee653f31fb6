// Measures how long getToken takes while the cached token is fresh.
import { createServer } from 'node:http'
import { createTokenManager } from '@latchkey/client'
import { answerJobs } from '../jobs.ts'
import { listenAnywhere } from '../listen-anywhere.ts'

export interface GetTokenJob {
  readonly seconds: number
}

/** Returns the microseconds per call. The calls are awaited one after the other. */
answerJobs<GetTokenJob, number>(async ({ seconds }) => {
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ token_type: 'Bearer', expires_in: 3600, access_token: 'a'.repeat(700) }))
  })
  const tokenUrl = `${await listenAnywhere(server)}/v1/token`
  const tokens = createTokenManager({ tokenUrl, clientId: 'lk', clientSecret: 'lks', scope: 'a' })
  await microseconds(() => tokens.getToken(), 0.1)
  const each = await microseconds(() => tokens.getToken(), seconds)
  server.close()
  server.closeAllConnections()
  return each
})

const BETWEEN_LOOKS_AT_THE_CLOCK = 1000

async function microseconds(call: () => Promise<string>, seconds: number): Promise<number> {
  const began = performance.now()
  let count = 0
  let elapsed: number
  do {
    for (let i = 0; i < BETWEEN_LOOKS_AT_THE_CLOCK; i++) await call()
    count += BETWEEN_LOOKS_AT_THE_CLOCK
    elapsed = performance.now() - began
  } while (elapsed < seconds * 1000)
  return (elapsed / count) * 1000
}
