// An API in Hono that accepts only live tokens, with one route for each of two scopes.
import { serve } from '@hono/node-server'
import { createGuard } from '@latchkey/guard'
import { claimsOf, requireScope } from '@latchkey/guard/hono'
import { Hono } from 'hono'

const { ISSUER, AUDIENCE, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
const guard = createGuard({
  issuer: new URL(ISSUER),
  audience: AUDIENCE ?? 'api://default',
  liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
  credentials: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },
})

const app = new Hono()

app.get('/ai/prediction', requireScope(guard, 'machinelearning.predict'), (context) =>
  context.json({ prediction: 0.5, calledBy: claimsOf(context).clientId }),
)

app.get('/ai/models', requireScope(guard, 'machinelearning.model'), (context) =>
  context.json({ models: ['sentiment'], calledBy: claimsOf(context).clientId }),
)

app.get('/readyz', (context) => {
  const { isReady, feed } = guard.status()
  return context.json({ isReady, ageSeconds: feed?.ageSeconds }, isReady ? 200 : 503)
})

await guard.ready()
const server = serve({ fetch: app.fetch, port: Number(PORT ?? 3000), hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`The API is at http://127.0.0.1:${port}`)
})

process.once('SIGTERM', () => {
  server.close()
  void guard.close()
})
