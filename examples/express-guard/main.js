// An API in Express that accepts only live tokens, with one route for each of two scopes.
import { createGuard } from '@latchkey/guard'
import { claimsOf, requireScope } from '@latchkey/guard/node'
import express from 'express'

const { ISSUER, AUDIENCE, CLIENT_ID, CLIENT_SECRET, PORT } = process.env
const guard = createGuard({
  issuer: new URL(ISSUER),
  audience: AUDIENCE ?? 'api://default',
  liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
  credentials: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },
})

const app = express().disable('x-powered-by')

app.get('/ai/prediction', requireScope(guard, 'machinelearning.predict'), (request, response) => {
  response.json({ prediction: 0.5, calledBy: claimsOf(request).clientId })
})

app.get('/ai/models', requireScope(guard, 'machinelearning.model'), (request, response) => {
  response.json({ models: ['sentiment'], calledBy: claimsOf(request).clientId })
})

app.get('/readyz', (_request, response) => {
  const { isReady, feed } = guard.status()
  response.status(isReady ? 200 : 503).json({ isReady, ageSeconds: feed?.ageSeconds })
})

await guard.ready()
const server = app.listen(Number(PORT ?? 3000), '127.0.0.1', () => {
  console.log(`The API is at http://127.0.0.1:${server.address().port}`)
})

process.once('SIGTERM', () => {
  server.close()
  void guard.close()
})
