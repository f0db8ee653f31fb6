// From the parser to the commit queue, a token request is handled by callbacks, without promises. If a callback throws,
// the caller still gets an answer.
import { promiseHooks } from 'node:v8'
import { expect, onTestFinished, test } from 'vitest'
import { aServer } from '../a-server.ts'
import { requestTokenFrom } from '../token-from.ts'

/** Source files that make promises once for each batch of the commit queue, not for each token. */
const FOR_A_BATCH = /\/src\/(commit|storage|state)\//

/**
 * From this call on, records the source lines that create JavaScript promises. Leaves out lines that create one promise
 * for a whole batch.
 */
function watchedPromises(): readonly string[] {
  const made: string[] = []
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = Infinity
  const stop = promiseHooks.onInit(() => {
    const maker = new Error().stack?.split('\n').find((line) => line.includes('/packages/latchkey/src/'))
    if (maker !== undefined && !FOR_A_BATCH.test(maker)) made.push(maker.trim())
  }) as () => void
  onTestFinished(() => {
    stop()
    Error.stackTraceLimit = stackTraceLimit
  })
  return made
}

test('a token request makes no promise between the HTTP parser and the commit queue', async () => {
  const server = await aServer()
  const [one, two] = await Promise.all([server.integration(), server.integration()])
  await server.token(one)
  const made = watchedPromises()
  const statuses = await Promise.all([one, two].map((client) => requestTokenFrom('127.0.0.1', server.issuer, client)))
  expect(statuses).toEqual([200, 200])
  expect(made).toEqual([])
})

test('a fault after the commit is answered 500, and the server continues', async () => {
  const entries: Readonly<Record<string, unknown>>[] = []
  let failsFor: string | undefined
  const server = await aServer({
    env: { LATCHKEY_LOG_LEVEL: 'debug' },
    logged: (entry) => {
      entries.push(entry)
      // Logging the token is the last step before the server sends its answer.
      if (entry['event'] === 'token.issued' && entry['client_id'] === failsFor) throw new Error('the log is gone')
    },
  })
  const [one, two] = await Promise.all([server.integration(), server.integration()])
  failsFor = one.clientId
  const [failed, ...others] = await Promise.all([one, two, one].map((client) => server.requestToken(client)))
  expect([failed?.status, ...others.map(({ status }) => status)]).toEqual([500, 200, 500])
  expect(await failed?.json()).toMatchObject({ error: 'server_error' })
  expect(entries.filter(({ event }) => event === 'request.failed')).toMatchObject([
    { err: { message: 'the log is gone' } },
    { err: { message: 'the log is gone' } },
  ])
  failsFor = undefined
  expect(await server.verify(await server.token(one))).toMatchObject({ status: 200 })
})
