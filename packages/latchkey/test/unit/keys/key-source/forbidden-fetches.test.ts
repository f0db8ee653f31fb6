// The addresses and answers that the server refuses while it fetches keys. A listener at each forbidden loopback
// address counts the connections that reach it.
import { generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { KeySourceFault } from '../../../../src/domain/key-source-fault.ts'
import { systemNetwork } from '../../../../src/keys/key-source/network.ts'
import { aCertificate } from '../../../a-certificate.ts'
import { aCountingListener } from '../../../a-counting-listener.ts'
import { type Answering, aKeyServer, type KeyServer } from '../../../a-key-server.ts'
import { aKeySource, namedAddresses } from '../../../a-key-source.ts'

const jwk = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'one' }
const SET = { keys: [jwk] }
const QUERY = { kid: 'one', alg: 'ES256' }

const from = (uri: string) => ({ source: 'jwks_uri', uri }) as const
const discoveredAt = (issuer: string) => ({ source: 'discovery', issuer }) as const
const of = ({ certificate }: KeyServer) => ({ tlsCa: certificate.cert })

const body =
  (content: string | Buffer, headers: Readonly<Record<string, string>> = {}, status = 200): Answering =>
  (_, response) =>
    void response.writeHead(status, headers).end(content)

describe('the server does not connect to a forbidden address', () => {
  test.each([
    ['127.0.0.1'],
    ['127.1'],
    ['0x7f.1'],
    ['2130706433'],
    ['017700000001'],
    ['127.0.0.1.'],
    ['[::1]'],
    ['[::ffff:127.0.0.1]'],
    ['[::ffff:7f00:1]'],
    ['[64:ff9b::7f00:1]'],
    ['[2002:7f00:1::]'],
    ['0.0.0.0'],
    ['[::]'],
    ['169.254.169.254'],
    ['[fe80::1]'],
    ['[fd00:ec2::254]'],
    ['10.0.0.1'],
    ['172.16.0.1'],
    ['192.168.0.1'],
    ['100.64.0.1'],
    ['[fc00::1]'],
    ['224.0.0.1'],
    ['255.255.255.255'],
    ['１２７.0.0.1'],
    ['localhost'],
    ['localhost.'],
  ])('written as %s', async (host) => {
    const listener = await aCountingListener('::')
    const asked = namedAddresses(() => ['127.0.0.1', '::1'])
    const uri = `https://${host}:${String(listener.port)}/jwks`
    const source = aKeySource({ location: from(uri), networks: [], network: asked })
    expect(await source.find(QUERY)).toEqual({ outcome: 'unavailable', retryAfterSeconds: 1 })
    expect(source.reports).toEqual(['unavailable address_forbidden', 'fetched address_forbidden'])
    expect([asked.connected, listener.connections, listener.bytes]).toEqual([[], 0, 0])
  })

  test.each([
    ['a name with a public and a private address', ['93.184.215.14', '10.0.0.1']],
    ['a name with loopback last', ['93.184.215.14', '127.0.0.1']],
    ['a name with an address that has a zone', ['fe80::1%lo']],
    ['a name whose address is no address', ['localhost']],
  ])('behind %s', async (_, addresses) => {
    const listener = await aCountingListener('127.0.0.1')
    const network = namedAddresses(() => addresses)
    const uri = `https://keys.test:${String(listener.port)}/jwks`
    const source = aKeySource({ location: from(uri), networks: [], network })
    await source.refresh()
    expect(source.state().lastError).toBe('address_forbidden')
    expect([network.connected, listener.connections]).toEqual([[], 0])
  })

  test('to which a DNS name changes after the look-up', async () => {
    const server = await aKeyServer({ address: '127.0.0.2' })
    const listener = await aCountingListener('127.0.0.1')
    const answers = [['127.0.0.2'], ['127.0.0.1']]
    const network = namedAddresses(() => answers.shift() ?? ['127.0.0.1'])
    server.publish({ issuer: server.origin, jwks_uri: `https://keys.test:${String(listener.port)}/jwks` })
    const location = discoveredAt(server.origin)
    const source = aKeySource({ location, networks: ['127.0.0.2'], network, ...of(server) })
    await source.refresh()
    expect(source.state().lastError).toBe('address_forbidden')
    expect(network.resolved).toEqual(['keys.test', 'keys.test'])
    expect([network.connected, listener.connections]).toEqual([['127.0.0.2'], 0])
  })

  test('to which the operating system routes the connection, and sends nothing there', async () => {
    const listener = await aCountingListener('127.0.0.1')
    const named = namedAddresses(() => ['127.0.0.2'])
    const network = { ...named, connect: () => connect(listener.port, '127.0.0.1') }
    const location = from(`https://keys.test:${String(listener.port)}/jwks`)
    const source = aKeySource({ location, networks: ['127.0.0.2'], network })
    await source.refresh()
    expect(source.state().lastError).toBe('address_forbidden')
    await expect.poll(() => listener.ended).toBe(1)
    expect(listener.bytes).toBe(0)
  })

  test('that the discovery document of an allowed issuer names', async () => {
    const server = await aKeyServer()
    const network = namedAddresses(() => ['127.0.0.1'])
    server.publish({ issuer: server.origin, jwks_uri: 'https://10.0.0.1/jwks' })
    const source = aKeySource({ location: discoveredAt(server.origin), network, ...of(server) })
    await source.refresh()
    expect(source.state().lastError).toBe('address_forbidden')
    expect(network.connected).toEqual(['127.0.0.1'])
  })

  test.each([301, 302, 303, 307, 308])('to which an answer %i redirects', async (status) => {
    const server = await aKeyServer()
    const listener = await aCountingListener('127.0.0.2')
    for (const scheme of ['https', 'http']) {
      const target = `${scheme}://127.0.0.2:${String(listener.port)}/jwks`
      server.answer((_, response) => void response.writeHead(status, { location: target }).end(JSON.stringify(SET)))
      const source = aKeySource({ location: from(server.origin), networks: ['127.0.0.0/8'], ...of(server) })
      await source.refresh()
      expect(source.state().lastError).toBe('redirected')
    }
    expect(listener.connections).toBe(0)
  })
})

test.each([
  ['http', (server: KeyServer) => server.origin.replace('https', 'http')],
  ['file', () => 'file:///etc/passwd'],
  ['data', () => `data:application/json,${JSON.stringify(SET)}`],
  ['no scheme', (server: KeyServer) => server.origin.replace('https:', '')],
  ['a user name', (server: KeyServer) => server.origin.replace('//', '//user@')],
  ['a password', (server: KeyServer) => server.origin.replace('//', '//user:password@')],
  ['a fragment', (server: KeyServer) => `${server.origin}/#keys`],
  ['an empty fragment', (server: KeyServer) => `${server.origin}/#`],
])('a URL with %s is refused, and no connection is made', async (_, uriOf) => {
  const server = await aKeyServer()
  server.publish(SET)
  const network = namedAddresses(() => ['127.0.0.1'])
  const source = aKeySource({ location: from(uriOf(server)), network, ...of(server) })
  await source.refresh()
  expect(source.state().lastError).toBe('url_unusable')
  expect([network.connected, server.requests]).toEqual([[], []])
})

describe('the server refuses an answer', () => {
  const minimal = `{"keys":[${Array.from({ length: 10_000 }, () => '{"kty":"x"}').join(',')}]}`
  const whole = { keys: Array.from({ length: 10_000 }, (_, index) => ({ ...jwk, kid: String(index) })) }
  const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
  test.each<readonly [string, Answering, KeySourceFault]>([
    ['with 10,000 keys', body(JSON.stringify(whole)), 'answer_too_large'],
    ['with 10,000 short keys', body(minimal), 'too_many_keys'],
    ['with 101 keys', body(JSON.stringify({ keys: whole.keys.slice(0, 101) })), 'too_many_keys'],
    ['that announces too much', body('{}', { 'content-length': '131073' }), 'answer_too_large'],
    ['without an end', (_, response) => void endless(response), 'answer_too_large'],
    ['that is a gzip bomb', body(bomb, { 'content-encoding': 'gzip' }), 'answer_encoded'],
    ['that is a gzip bomb and does not say so', body(bomb), 'answer_malformed'],
    ['that is no JSON', body('<html>'), 'answer_malformed'],
    ['that is no UTF-8', body(Buffer.from([0x7b, 0xff, 0x7d])), 'answer_malformed'],
    ['that is null', body('null'), 'answer_malformed'],
    ['whose keys are an object', body('{"keys":{}}'), 'answer_malformed'],
    ['that is not found', body(JSON.stringify(SET), {}, 404), 'status_unusable'],
    ['that is a part', body(JSON.stringify(SET), {}, 206), 'status_unusable'],
    ['that changes the protocol', body('', { connection: 'upgrade', upgrade: 'other' }, 101), 'answer_timeout'],
    ['without a final status', body('', {}, 101), 'status_unusable'],
    [
      'that is cut',
      (_, response) => void response.writeHead(200, { 'content-length': '99' }).write('{'),
      'answer_timeout',
    ],
    ['that never begins', () => undefined, 'answer_timeout'],
    ['that ends early', (request, response) => void cut(request.socket, response), 'connection_failed'],
  ])('%s', async (_, how, fault) => {
    const server = await aKeyServer()
    server.answer(how)
    const source = aKeySource({ location: from(server.origin), ...of(server) })
    const refreshed = source.refresh()
    if (fault === 'answer_timeout') {
      await expect.poll(() => server.requests.length).toBe(1)
      source.time.advance(4.9)
      expect(source.reports).toEqual([])
      source.time.advance(0.2)
    }
    expect(await refreshed).toMatchObject({ lastError: fault, kids: [] })
  })

  test.each<readonly [string, (server: KeyServer) => unknown, KeySourceFault]>([
    ['of another issuer', ({ origin }) => ({ issuer: `${origin}/`, jwks_uri: origin }), 'issuer_differs'],
    ['without an issuer', ({ origin }) => ({ jwks_uri: origin }), 'answer_malformed'],
    ['without a place for keys', ({ origin }) => ({ issuer: origin }), 'answer_malformed'],
    ['with a place over http', ({ origin }) => ({ issuer: origin, jwks_uri: 'http://keys.test/' }), 'url_unusable'],
  ])('that is a discovery document %s', async (_, documentOf, fault) => {
    const server = await aKeyServer()
    server.publish({ ...SET, ...(documentOf(server) as object) })
    const source = aKeySource({ location: discoveredAt(server.origin), ...of(server) })
    expect(await source.refresh()).toMatchObject({ lastError: fault, kids: [] })
    expect(server.requests).toEqual(['/.well-known/openid-configuration'])
  })

  test.each([
    ['of another authority', () => aCertificate('keys.test').cert],
    ['of no authority that Node.js trusts', () => undefined],
  ])('with a certificate %s', async (_, authority) => {
    const server = await aKeyServer()
    server.publish(SET)
    const source = aKeySource({ location: from(server.origin), tlsCa: authority() })
    expect(await source.refresh()).toMatchObject({ lastError: 'certificate_untrusted' })
    expect(server.requests).toEqual([])
  })

  test('with a certificate for another name', async () => {
    const server = await aKeyServer()
    server.publish(SET)
    const source = aKeySource({ location: from(`https://other.test:${String(server.port)}/`), ...of(server) })
    expect(await source.refresh()).toMatchObject({ lastError: 'certificate_untrusted' })
    expect(server.requests).toEqual([])
  })
})

describe('a connection that does not come about is refused', () => {
  test('for a name without an address', async () => {
    const source = aKeySource({ location: from('https://keys.test'), network: namedAddresses(() => []) })
    expect(await source.refresh()).toMatchObject({ lastError: 'name_unresolved' })
  })

  test('for a port on which no server listens', async () => {
    const server = await aKeyServer()
    await server.stop()
    const source = aKeySource({ location: from(server.origin), ...of(server) })
    expect(await source.refresh()).toMatchObject({ lastError: 'connection_failed' })
  })

  test.each([
    ['a look-up', 0],
    ['a handshake', 1],
  ])('after 2 s of %s', async (_, connections) => {
    const listener = await aCountingListener('127.0.0.1')
    const named = namedAddresses(() => ['127.0.0.1'])
    const never = { ...named, resolve: () => new Promise<never>(() => undefined) }
    const location = from(`https://keys.test:${String(listener.port)}`)
    const source = aKeySource({ location, network: connections === 0 ? never : named })
    const refreshed = source.refresh()
    await expect.poll(() => listener.connections).toBe(connections)
    source.time.advance(1.9)
    expect(source.reports).toEqual([])
    source.time.advance(0.2)
    expect(await refreshed).toMatchObject({ lastError: 'connect_timeout' })
  })
})

describe('the server fetches keys', () => {
  test('with one request that names the host, wants no encoding, and has no cookie', async () => {
    const server = await aKeyServer()
    const headers: unknown[] = []
    server.answer((request, response) => {
      headers.push(request.method, request.url, request.headers)
      response.end(JSON.stringify(SET))
    })
    const source = aKeySource({ location: from(`${server.origin}/jwks?v=1`), ...of(server) })
    expect(await source.find(QUERY)).toMatchObject({ outcome: 'found', keys: [{ kid: 'one' }] })
    const host = server.origin.slice('https://'.length)
    expect(headers).toEqual([
      'GET',
      '/jwks?v=1',
      {
        host,
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'latchkey',
        connection: 'close',
      },
    ])
  })

  test('from an address in its URL that the setting allows', async () => {
    const server = await aKeyServer({ name: '127.0.0.1' })
    server.publish(SET)
    const network = namedAddresses(() => [])
    const source = aKeySource({ location: from(server.origin), network, ...of(server) })
    expect(await source.find(QUERY)).toMatchObject({ outcome: 'found' })
    expect(network.resolved).toEqual([])
  })

  test('from the second address of a name, if the first address does not answer', async () => {
    const server = await aKeyServer()
    server.publish(SET)
    const network = namedAddresses(() => ['127.0.0.3', '127.0.0.1'])
    const source = aKeySource({ location: from(server.origin), networks: ['127.0.0.0/8'], network, ...of(server) })
    expect(await source.find(QUERY)).toMatchObject({ outcome: 'found' })
  })

  test('from a name that the system resolves', async () => {
    const server = await aKeyServer({ name: 'localhost' })
    server.publish(SET)
    const wanted = { location: from(server.origin), network: systemNetwork, ...of(server) }
    expect(await aKeySource({ ...wanted, networks: [] }).refresh()).toMatchObject({ lastError: 'address_forbidden' })
    const source = aKeySource({ ...wanted, networks: ['127.0.0.0/8', '::1'] })
    expect(await source.find(QUERY)).toMatchObject({ outcome: 'found' })
  })

  test('from the URL in the discovery document, even if that URL is on another host', async () => {
    const issuer = await aKeyServer({ name: 'issuer.test' })
    const keys = await aKeyServer({ name: 'keys.test', address: '127.0.0.2' })
    keys.publish(SET)
    const network = namedAddresses((name) => [name === 'keys.test' ? '127.0.0.2' : '127.0.0.1'])
    issuer.publish({ issuer: `${issuer.origin}/team/`, jwks_uri: `${keys.origin}/jwks` })
    const tlsCa = issuer.certificate.cert + keys.certificate.cert
    const location = discoveredAt(`${issuer.origin}/team/`)
    const source = aKeySource({ location, networks: ['127.0.0.0/8'], network, tlsCa })
    expect(await source.find(QUERY)).toMatchObject({ outcome: 'found' })
    expect([issuer.requests, keys.requests]).toEqual([['/team/.well-known/openid-configuration'], ['/jwks']])
  })
})

async function endless(response: ServerResponse): Promise<void> {
  const some = Buffer.alloc(64 * 1024, ' ')
  while (!response.destroyed) await new Promise((resolve) => response.write(some, resolve))
}

function cut(socket: { destroy(): unknown }, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '99' }).write('{', () => socket.destroy())
}
