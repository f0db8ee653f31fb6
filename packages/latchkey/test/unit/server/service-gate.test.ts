// The gate in front of the server's routes: the listeners answer 503 until both have bound their ports.
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createPublicListener } from '../../../src/http/public/public-listener.ts'
import { emptyResponse } from '../../../src/http/public/public-response.ts'
import { StoreUnavailable } from '../../../src/ports/store.ts'
import { listen } from '../../../src/server/listen.ts'
import { type Service, ServiceGate } from '../../../src/server/service-gate.ts'
import { someCounts } from '../../some-counts.ts'

const ISSUER = 'https://auth.example.com/oauth2/a'

/** Answers 204 on every path. */
const service: Service = {
  adminUrl: 'http://127.0.0.1:8081',
  issuer: ISSUER,
  get tokens(): Service['tokens'] {
    throw new Error('no request of this test needs tokens')
  },
  route: () => ({ handler: () => emptyResponse(204), body: 'ignored', meter: undefined }),
}

async function aListener(gate: ServiceGate): Promise<string> {
  const server = createPublicListener({
    route: (path) => gate.route(path),
    ...{ logger: pino({ level: 'silent' }), isDraining: () => false, counts: someCounts() },
  })
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${String(await listen(server, { host: '127.0.0.1', port: 0, setting: 'LATCHKEY_PORT' }))}`
}

test('a public request gets 503 with Retry-After before the gate is open, and its route afterwards', async () => {
  const gate = new ServiceGate()
  const url = await aListener(gate)
  const early = await fetch(`${url}/livez`)
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1'])
  gate.open(service)
  expect((await fetch(`${url}/livez`)).status).toBe(204)
})

test('an admin request that needs the issuer finds the server unavailable before the gate is open', () => {
  const gate = new ServiceGate()
  expect(() => gate.service.issuer).toThrow(StoreUnavailable)
  expect(gate.isOpen).toBe(false)
  gate.open(service)
  expect([gate.isOpen, gate.service.issuer]).toEqual([true, ISSUER])
})
