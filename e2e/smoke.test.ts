// smoke
import { test, expect } from 'vitest'
import { startRealServer } from './real-server.ts'
import { createIntegration } from './integrations.ts'
import { Connection } from './connection.ts'
test('it runs', async () => {
  const t0 = performance.now()
  const server = await startRealServer()
  console.log(performance.now() - t0)
  const i = await createIntegration(server)
  const c = new Connection(server)
  const a = await c.token(i)
  expect((await c.verify(a)).status).toBe(200)
  const b = await c.token(i)
  expect((await c.verify(a)).headers['latchkey-reason']).toBe('superseded')
  expect((await c.verify(b)).status).toBe(200)
  console.log((await c.introspect(i, b)).body, (await c.revoke(i, b)).status)
  c.close()
  const t1 = performance.now()
  console.log(await server.stop(), performance.now() - t1)
})
