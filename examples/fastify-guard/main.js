// An API in Fastify that accepts only live tokens, with one route for each of two scopes.
import { createGuard } from '@latchkey/guard'
import { claimsOf, requireScope } from '@latchkey/guard/fastify'
import Fastify from 'fastify'

const { ISSUER, AUDIENCE, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
const guard = createGuard({
  issuer: new URL(ISSUER),
  audience: AUDIENCE ?? 'api://default',
  liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
  credentials: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },
})

const app = Fastify()

app.get('/ai/prediction', { onRequest: requireScope(guard, 'machinelearning.predict') }, (request) => ({
  prediction: 0.5,
  calledBy: claimsOf(request).clientId,
}))

app.get('/ai/models', { onRequest: requireScope(guard, 'machinelearning.model') }, (request) => ({
  models: ['sentiment'],
  calledBy: claimsOf(request).clientId,
}))

app.get('/readyz', (_request, reply) => {
  const { isReady, feed } = guard.status()
  return reply.code(isReady ? 200 : 503).send({ isReady, ageSeconds: feed?.ageSeconds })
})

await guard.ready()
console.log(`The API is at ${await app.listen({ port: Number(PORT ?? 3000), host: '127.0.0.1' })}`)

process.once('SIGTERM', () => {
  void app.close()
  void guard.close()
})
