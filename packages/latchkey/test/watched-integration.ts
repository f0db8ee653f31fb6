// An integration with a live token in each scope. After each refused request the test checks that both tokens are live.
import { expect } from 'vitest'
import { MODEL, PREDICT, type DesiredIntegration, type TestIntegration, type TestServer } from './a-server.ts'
import { ask, headerOf, jsonOf, type RawAnswer, type RawRequest } from './raw-http.ts'

export interface WatchedIntegration extends TestIntegration {
  readonly live: { readonly predict: string; readonly model: string }
  /** Sends a request that the server must refuse, checks what every refusal must have, and returns the answer. */
  refused(request: RawRequest): Promise<RawAnswer>
  /** Checks the same for a request that the test has sent in another way. */
  wasRefused(answer: RawAnswer): Promise<RawAnswer>
  /** Throws unless both tokens are the live tokens of their slots. */
  expectBothLive(): Promise<void>
}

/** A successful request of this integration would end its tokens: send such requests from another integration. */
export async function aWatchedIntegration(
  server: TestServer,
  desired: Omit<DesiredIntegration, 'scopes'> = {},
): Promise<WatchedIntegration> {
  const integration = await server.integration(desired)
  const live = { predict: await server.token(integration, PREDICT), model: await server.token(integration, MODEL) }
  const expectBothLive = async (): Promise<void> => {
    expect(await server.verify(live.predict, PREDICT)).toEqual({ status: 200, reason: null })
    expect(await server.verify(live.model, MODEL)).toEqual({ status: 200, reason: null })
  }
  const wasRefused = async (answer: RawAnswer): Promise<RawAnswer> => {
    expectRefusal(answer)
    const [, encoded = ''] = integration.basic.split(' ')
    for (const sent of [integration.clientId, integration.clientSecret.reveal(), encoded]) {
      expect(answer.body.includes(sent), 'an answer repeats nothing of the request').toBe(false)
    }
    await expectBothLive()
    return answer
  }
  return {
    ...integration,
    live,
    refused: async (request) => wasRefused(await ask(server.publicUrl, request)),
    wasRefused,
    expectBothLive,
  }
}

/** The checks for the answer to every refused request, except on the endpoint for proxies. */
function expectRefusal(answer: RawAnswer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).toBeLessThan(500)
  expectNeverStored(answer)
  expect(headerOf(answer, 'content-type')).toBe('application/json')
  if (answer.body === '') return // the answer to HEAD
  const body = jsonOf(answer)
  expect(Object.keys(body)).toEqual(['error', 'error_description'])
  // RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E
  expect(body['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
}

/** The headers of every answer that is not cacheable. */
export function expectNeverStored(answer: RawAnswer): void {
  expect(headerOf(answer, 'cache-control')).toBe('no-store')
  expect(headerOf(answer, 'pragma')).toBe('no-cache')
  expect(headerOf(answer, 'x-content-type-options')).toBe('nosniff')
  expect(headerOf(answer, 'x-request-id')).toMatch(/^[A-Za-z0-9._-]{1,64}$/)
}
