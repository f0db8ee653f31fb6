// TRACE at a proxy: the answer repeats the request, so a proxy that passes TRACE on could show the token.
import { expect } from 'vitest'
import type { Deployment } from './deployment.ts'

/** Fails if a TRACE shows the token to the caller or to the API, or if a TRACE without a token reaches the API. */
export async function expectTraceHidesToken(deployment: Deployment, target: string, token: string): Promise<void> {
  const withToken = await deployment.ask({ method: 'TRACE', target, token })
  expect(withToken.answer.body).not.toContain(token)
  expect(JSON.stringify(withToken.received)).not.toContain(token)
  const without = await deployment.ask({ method: 'TRACE', target })
  expect(without.answer.status).toBeGreaterThanOrEqual(400)
  expect(without.received).toEqual([])
}
