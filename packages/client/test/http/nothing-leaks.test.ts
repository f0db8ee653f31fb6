// No event, error or status, and no printed manager, contains a token or the secret, whatever a server answers.
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/memory-store.ts'
import { aManager, PREDICT } from '../a-manager.ts'
import { answer, aReferenceServer, CLIENT_ID, CLIENT_SECRET } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

const NAMES = ['issued', 'reused', 'refused', 'superseded-by-other', 'failed'] as const
const BASIC = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')

test('tokens and secrets are only in the answers to callers and in Authorization headers, through all events of a manager', async () => {
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now())
  const store = memoryStore(clock)
  const { manager } = aManager(server, clock, { store })
  const { manager: other } = aManager(server, clock, { store })
  const printed: string[] = []
  const print = (value: unknown): void =>
    void printed.push(inspect(value, { depth: 12, showHidden: true }), String(value))
  for (const each of [manager, other]) {
    for (const name of NAMES) {
      each.on(name, (facts) => {
        printed.push(name)
        print(facts)
      })
    }
  }
  const tokens: string[] = []
  const call = async (each = manager): Promise<void> => {
    tokens.push(await clock.until(each.getToken()))
    await clock.until(each.fetchWithToken(server.apiUrl))
    print(each)
    print(each.status())
  }
  await call()
  await call(other)
  server.issue(PREDICT)
  await call()
  clock.advance(56 * 60_000)
  // A server whose error quotes the request.
  server.meddle = ({ headers }, response) => {
    const error_description = `${headers.authorization ?? ''} ${CLIENT_SECRET} ${tokens.join(' ')}`
    answer(response, 400, { error: CLIENT_SECRET, error_description })
    return true
  }
  await call()
  clock.advance(60 * 60_000)
  print(await clock.until(manager.getToken()).catch((failure: unknown) => failure))
  server.meddle = (_request, response) => (
    answer(response, 401, { error: 'invalid_client', error_description: BASIC }),
    true
  )
  clock.advance(60 * 60_000)
  print(await clock.until(manager.getToken()).catch((failure: unknown) => failure))

  for (const name of NAMES) expect(printed).toContain(name)
  const all = printed.join('\n')
  for (const secret of [CLIENT_SECRET, BASIC, ...tokens.map((token) => token.split('.')[1] ?? '')]) {
    expect(all).not.toContain(secret)
  }
})
