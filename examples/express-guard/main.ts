// An API in Express that only accepts live tokens, with one route for each of two scopes.
import { createGuard } from '@latchkey/guard'
import { claimsOf, requireScope } from '@latchkey/guard/node'
import express from 'express'

const setting = (name: string): string => {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set: see README.md`)
  return value
}

const guard = createGuard({
  issuer: new URL(setting('ISSUER')),
  audience: process.env['AUDIENCE'] ?? 'api://default',
  liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
  credentials: { clientId: setting('CLIENT_ID'), clientSecret: setting('CLIENT_SECRET') },
})

const app = express().disable('x-powered-by')

app.get('/ai/prediction', requireScope(guard, 'machinelearning.predict'), (request, response) => {
  response.json({ prediction: 0.5, calledBy: claimsOf(request)?.clientId })
})

app.get('/ai/models', requireScope(guard, 'machinelearning.model'), (request, response) => {
  response.json({ models: ['sentiment'], calledBy: claimsOf(request)?.clientId })
})

app.get('/readyz', (_request, response) => {
  const { isReady, feed } = guard.status()
  response.status(isReady ? 200 : 503).json({ isReady, ageSeconds: feed?.ageSeconds })
})

await guard.ready()
const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') console.log(`The API is at http://127.0.0.1:${String(address?.port)}`)
})

process.once('SIGTERM', () => {
  server.close()
  void guard.close()
})
