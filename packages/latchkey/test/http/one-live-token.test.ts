// The promise of the product, tested over HTTP: at most one live token for each integration and scope.
import { expect, test } from 'vitest'
import { aServer, MODEL, PREDICT } from '../a-server.ts'

test('a new token ends the old token of its scope, and no token of another scope', async () => {
  const server = await aServer()
  const integration = await server.integration()
  const model = await server.token(integration, MODEL)
  const first = await server.token(integration, PREDICT)
  expect(await server.verify(first, PREDICT)).toEqual({ status: 200, reason: null })
  const second = await server.token(integration, PREDICT)
  expect(await server.verify(first)).toEqual({ status: 401, reason: 'superseded' })
  expect(await server.verify(second)).toEqual({ status: 200, reason: null })
  expect(await server.verify(model)).toEqual({ status: 200, reason: null })
  expect(await server.introspect(integration, first)).toEqual({ active: false })
})
