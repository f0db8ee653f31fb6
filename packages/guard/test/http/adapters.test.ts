// The guard inside real servers: plain node:http, Express, Fastify, Hono and a fetch handler answer alike.
import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  MODEL,
  PREDICT,
  startTestServer,
  type TestIntegration,
  type TestServer,
} from '../../../latchkey/test/a-server.ts'
import * as forFastify from '../../src/adapters/fastify.ts'
import * as forFetch from '../../src/adapters/fetch.ts'
import * as forHono from '../../src/adapters/hono.ts'
import * as forNode from '../../src/adapters/node.ts'
import type { Guard } from '../../src/guard.ts'
import { aGuard } from '../a-guard.ts'

let server: TestServer
let client: TestIntegration
let reader: TestIntegration

beforeAll(async () => {
  server = await startTestServer()
  client = await server.integration({ name: 'Client' })
  reader = await server.integration({ name: 'APIs', resourceServer: true })
})

afterAll(() => server.stop())

/** If the guard lets a request pass, each server answers with the client ID of the token. */
const SERVERS: Readonly<Record<string, (guard: Guard) => Promise<Server>>> = {
  'node:http': (guard) => {
    const protect = forNode.requireScope(guard, PREDICT)
    return listening((request, response) => {
      protect(request, response, (error) => {
        if (error !== undefined) throw error as Error
        response.end(forNode.claimsOf(request)?.clientId)
      })
    })
  },
  Express: (guard) => {
    const app = express()
    app.get('/predict', forNode.requireScope(guard, PREDICT), (request, response) => {
      response.send(forNode.claimsOf(request)?.clientId)
    })
    return listening(app)
  },
  Fastify: async (guard) => {
    const app = fastify()
    app.get(
      '/predict',
      { onRequest: forFastify.requireScope(guard, PREDICT) },
      (request) => forFastify.claimsOf(request)?.clientId,
    )
    onTestFinished(() => app.close())
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  },
  Hono: (guard) => {
    const app = new Hono()
    app.get('/predict', forHono.requireScope(guard, PREDICT), (context) =>
      context.text(forHono.claimsOf(context)?.clientId ?? ''),
    )
    return listening(listenerOf(app.fetch))
  },
  fetch: (guard) => {
    const protect = forFetch.requireScope(guard, PREDICT)
    return listening(listenerOf(protect((_request, claims) => new Response(claims.clientId))))
  },
}

function listenerOf(handler: (request: Request) => Response | Promise<Response>): RequestListener {
  const listener = getRequestListener(handler)
  return (request, response) => void listener(request, response)
}

function listening(listener: RequestListener): Promise<Server> {
  const created = createServer(listener)
  onTestFinished(() => void created.close())
  return new Promise((resolve) => {
    created.listen(0, '127.0.0.1', () => {
      resolve(created)
    })
  })
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Uses node:http, because fetch would join several header fields into one. */
const call = (to: Server, authorization: readonly string[]): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { port } = to.address() as AddressInfo
    const fields = authorization.flatMap((value) => ['Authorization', value])
    const headers = ['Host', `127.0.0.1:${port}`, ...fields]
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/predict', agent: false, headers }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('end', () => {
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(pieces).toString(),
        })
      })
    })
    sent.on('error', reject)
    sent.end()
  })

describe.each(Object.entries(SERVERS))('%s', (_name, serverWith) => {
  const introspecting = () => aGuard(server, { liveness: { mode: 'introspect', maxAgeSeconds: 0 }, reader })

  test('lets the live token pass and gives its claims to the handler', async () => {
    const api = await serverWith(introspecting())
    const answer = await call(api, [`Bearer ${await server.token(client)}`])
    expect([answer.status, answer.body]).toEqual([200, client.clientId])
  })

  test('refuses a superseded token with its reason', async () => {
    const api = await serverWith(introspecting())
    const first = await server.token(client)
    await server.token(client)
    const { status, headers, body } = await call(api, [`Bearer ${first}`])
    expect([status, headers['latchkey-reason']]).toEqual([401, 'superseded'])
    expect(headers['www-authenticate']).toBe(
      'Bearer realm="latchkey", error="invalid_token", error_description="The token was superseded by a newer one"',
    )
    expect(headers['cache-control']).toBe('no-store')
    expect(JSON.parse(body)).toMatchObject({ error: 'invalid_token' })
  })

  test('answers 403 to a token for another scope', async () => {
    const api = await serverWith(introspecting())
    const { status, headers } = await call(api, [`Bearer ${await server.token(client, MODEL)}`])
    expect([status, headers['latchkey-reason']]).toEqual([403, 'insufficient_scope'])
    expect(headers['www-authenticate']).toContain(`scope="${PREDICT}"`)
  })

  test('answers a request without a token with a challenge without an error code', async () => {
    const { status, headers } = await call(await serverWith(introspecting()), [])
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="latchkey"'])
    expect(headers['latchkey-reason']).toBeUndefined()
  })

  test('refuses two Authorization headers, whichever of them has the token', async () => {
    const api = await serverWith(introspecting())
    const good = `Bearer ${await server.token(client)}`
    for (const both of [
      [good, 'Bearer other'],
      ['Bearer other', good],
      [good, good],
    ]) {
      expect((await call(api, both)).status).toBe(401)
    }
  })

  test('answers 503 when the guard cannot find out whether the token is live', async () => {
    const guard = introspecting()
    const api = await serverWith(guard)
    const token = await server.token(client)
    await guard.close()
    const { status, headers } = await call(api, [`Bearer ${token}`])
    expect([status, headers['retry-after']]).toEqual([503, '1'])
    expect(headers['www-authenticate']).toBeUndefined()
  })
})

test('Fastify does not run the handler for a refused request whose answer an asynchronous onSend hook delays', async () => {
  const guard = aGuard(server, { liveness: { mode: 'introspect', maxAgeSeconds: 0 }, reader })
  const app = fastify()
  let calls = 0
  app.addHook('onSend', async (_request, _reply, payload) => {
    await new Promise((resolve) => setImmediate(resolve))
    return payload
  })
  app.get('/predict', { onRequest: forFastify.requireScope(guard, PREDICT) }, () => `called ${String(++calls)} times`)
  onTestFinished(() => app.close())
  expect((await app.inject('/predict')).statusCode).toBe(401)
  expect(calls).toBe(0)
})

test('a refusal after other code has answered does not end the process', async () => {
  const guard = aGuard(server, { liveness: { mode: 'introspect', maxAgeSeconds: 0 }, reader })
  const protect = forNode.requireScope(guard, PREDICT)
  const errors: unknown[] = []
  const api = await listening((request, response) => {
    protect(request, response, (error) => errors.push(error))
    response.writeHead(504).end('too late')
  })
  const faults: unknown[] = []
  const note = (fault: unknown): void => void faults.push(fault)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  expect((await call(api, ['Bearer garbage'])).status).toBe(504)
  await new Promise((resolve) => setImmediate(resolve))
  expect([faults, errors]).toEqual([[], []])
})
