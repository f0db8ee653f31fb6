// The guard's requests to a broken or wrong authorization server.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { GuardError } from '../../src/guard-error.ts'
import { createIssuerClient, type IssuerClient } from '../../src/issuer-client.ts'

async function clientOf(listener: RequestListener): Promise<IssuerClient> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void (server.close(), server.closeAllConnections()))
  return createIssuerClient({
    issuer: new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/oauth2/x`),
    credentials: { clientId: 'lk0123456789abcd', clientSecret: 'of the guard' },
  })
}

const failureOf = (requested: Promise<unknown>): Promise<unknown> => requested.then(String, (cause: unknown) => cause)

test.each([
  ['explain', (client: IssuerClient) => client.explain('a.b.c')],
  ['introspect', (client: IssuerClient) => client.introspect('a.b.c')],
])('an incomplete answer makes %s reject with ISSUER_UNREACHABLE', async (_name, ask) => {
  const client = await clientOf((_request, response) => {
    response.writeHead(503, { 'content-length': 100 }).write('half', () => response.destroy())
  })
  const failure = await failureOf(ask(client))
  expect(failure).toBeInstanceOf(GuardError)
  expect(failure).toMatchObject({ code: 'ISSUER_UNREACHABLE' })
})

test('the secret is never sent over plain HTTP, even if the metadata names an http address', async () => {
  const client = await clientOf((request, response) => {
    const issuer = `http://${request.headers.host ?? ''}/oauth2/x`
    const introspection_endpoint = 'http://auth.example/v1/introspect'
    response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/v1/keys`, introspection_endpoint }))
  })
  expect(await failureOf(client.introspect('a.b.c'))).toMatchObject({ code: 'ISSUER_MISMATCH' })
})

test('a redirect is not followed, so the credentials stay with the issuer', async () => {
  const asked: string[] = []
  const client = await clientOf((request, response) => {
    asked.push(request.url ?? '')
    const issuer = `http://${request.headers.host ?? ''}/oauth2/x`
    if (request.url === '/elsewhere') response.end('{"active":true}')
    else if (request.method === 'POST') response.writeHead(307, { location: '/elsewhere' }).end()
    else {
      const introspection_endpoint = `${issuer}/v1/introspect`
      response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/v1/keys`, introspection_endpoint }))
    }
  })
  expect(await failureOf(client.introspect('a.b.c'))).toMatchObject({
    code: 'ISSUER_MISMATCH',
    message: 'the authorization server answered 307',
  })
  expect(asked).toEqual(['/.well-known/oauth-authorization-server/oauth2/x', '/oauth2/x/v1/introspect'])
})
