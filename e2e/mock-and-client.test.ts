// A program that uses the token manager is tested against the mock: each fault, and how the program reacts.
import { createTokenManager, type TokenManager } from '@latchkey/client'
import { expect, onTestFinished, test } from 'vitest'
import { aMock, type Report } from './a-mock.ts'

const PREDICT = 'machinelearning.predict'

interface Program {
  readonly tokens: TokenManager
  /** Calls the API. The verify endpoint of the mock stands for the API. */
  readonly call: () => Promise<Response>
  readonly steer: (path: string, body: object) => Promise<void>
  readonly clientId: string
  /** The names of the token manager's events, in their order. */
  readonly events: readonly string[]
}

async function aProgram(): Promise<Program> {
  const { reported } = await aMock()
  const tokens = createTokenManager({
    tokenUrl: reported.token_endpoint,
    clientId: reported.client_id,
    clientSecret: reported.client_secret,
    scope: PREDICT,
    parameters: 'query',
  })
  onTestFinished(() => void tokens.removeAllListeners())
  const events: string[] = []
  for (const name of ['issued', 'refused', 'superseded-by-other', 'failed'] as const) {
    tokens.on(name, () => void events.push(name))
  }
  return {
    tokens,
    events,
    clientId: reported.client_id,
    call: () => tokens.fetchWithToken(`${reported.issuer}/v1/verify?scope=${PREDICT}`),
    steer: (path, body) => steer(reported, path, body),
  }
}

async function steer(reported: Report, path: string, body: object): Promise<void> {
  const response = await fetch(`${reported.admin_url}/admin/v1/mock/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${reported.admin_key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`the mock refused: ${await response.text()}`)
}

test('if another process supersedes the token, the program gets a new token and no 401, and an event reports that', async () => {
  const { call, steer, events, clientId } = await aProgram()
  expect((await call()).status).toBe(200)
  await steer('supersede', { integration: clientId, scope: PREDICT })
  expect((await call()).status).toBe(200)
  expect(events).toEqual(['issued', 'refused', 'superseded-by-other', 'issued'])
})

test('a token that the server expires early is replaced', async () => {
  const { call, steer, events } = await aProgram()
  expect((await call()).status).toBe(200)
  await steer('clock', { advance_seconds: 3600 })
  expect((await call()).status).toBe(200)
  expect(events).toEqual(['issued', 'refused', 'issued'])
})

test('if the answer with the first token is lost, the program gets a second token', async () => {
  const { call, steer, events } = await aProgram()
  await steer('faults', { endpoint: 'token', fault: 'dropped' })
  expect((await call()).status).toBe(200)
  expect(events.at(-1)).toBe('issued')
})

test.each(['429', '503'])(
  'after %s at the token endpoint, the program waits for the time that the server asks for, and continues',
  async (fault) => {
    const { call, steer, events } = await aProgram()
    await steer('faults', { endpoint: 'token', fault, retry_after_seconds: 1 })
    const began = performance.now()
    expect((await call()).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThanOrEqual(950)
    expect(events).toEqual(['failed', 'issued'])
  },
)

test('the program does not treat a 503 of an API as a refused token', async () => {
  const { call, steer, events } = await aProgram()
  expect((await call()).status).toBe(200)
  await steer('faults', { endpoint: 'verify', fault: '503' })
  expect((await call()).status).toBe(503)
  expect((await call()).status).toBe(200)
  expect(events).toEqual(['issued'])
})
