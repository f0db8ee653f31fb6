// examples/traefik and examples/envoy: a real server gets the requests that the documentation of Traefik and Envoy
// describes. The programs themselves do not run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Connection } from '../connection.ts'
import { createIntegration, type Integration, MODEL, PREDICT } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'
import { type Answer, askThrough, type Question } from './ask-through.ts'
import { IDENTITY, spellingsOf } from './spellings.ts'

const example = (file: string): unknown =>
  parse(readFileSync(join(import.meta.dirname, '../../examples', file), 'utf8'))

let server: RealServer
let integration: Integration
let client: Connection

beforeAll(async () => {
  server = await startServerOfSuite()
  integration = await createIntegration(server)
  client = new Connection(server)
})
afterAll(() => {
  client.close()
  return server.stop()
})

interface Caller {
  readonly method: string
  /** Path and query of the caller's request. */
  readonly target: string
  readonly authorization: readonly string[]
}

const get = (target: string, token: string): Caller => ({ method: 'GET', target, authorization: [`Bearer ${token}`] })

/** Defines the tests that Traefik and Envoy have in common. */
function describeQuestions(ask: (scope: string, caller: Caller) => Promise<Answer>): void {
  test('a live token is accepted with every method, and the answer has the whole identity', async () => {
    const token = await client.token(integration, PREDICT)
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND']) {
      const answer = await ask(PREDICT, { ...get('/ai/usecase?size=2', token), method })
      expect(answer.status).toBe(200)
      for (const name of IDENTITY) expect(answer.all(name.toLowerCase())).toEqual([expect.stringMatching(/.+/)])
    }
  })

  test('a superseded token is refused on the next request, with its challenge and its reason', async () => {
    const older = await client.token(integration, PREDICT)
    await client.token(integration, PREDICT)
    const answer = await ask(PREDICT, get('/ai/usecase', older))
    expect(answer.status).toBe(401)
    expect(answer.all('latchkey-reason')).toEqual(['superseded'])
    expect(answer.all('www-authenticate')).toEqual([expect.stringMatching(/^Bearer .*error="invalid_token"/)])
  })

  test('no token, garbage and two tokens are refused', async () => {
    const token = await client.token(integration, PREDICT)
    for (const authorization of [
      [],
      ['Bearer garbage'],
      [`Bearer ${token}`, 'Bearer garbage'],
      [`Bearer ${token},Bearer garbage`],
    ]) {
      expect((await ask(PREDICT, { method: 'GET', target: '/ai/usecase', authorization })).status).toBe(401)
    }
  })

  test('no path and no query of a caller gives a token more rights', async () => {
    const token = await client.token(integration, PREDICT)
    for (const target of [
      '/customers/c1/ai/models',
      `/customers/c1/ai/models?scope=${PREDICT}`,
      `/customers/c1/ai/models?a=b&scope=${PREDICT}`,
      `/customers/c1&scope=${PREDICT}`,
      `/customers/c1/ai/models?scope=`,
      '/../token',
    ]) {
      const { status } = await ask(MODEL, get(target, token))
      expect(status, target).toBe(403)
    }
  })
}

describe("Traefik's ForwardAuth", () => {
  interface ForwardAuth {
    readonly address: string
    readonly authRequestHeaders: readonly string[]
    readonly authResponseHeaders: readonly string[]
  }
  interface Headers {
    readonly customRequestHeaders: Readonly<Record<string, string>>
  }
  interface Dynamic {
    readonly http: {
      readonly routers: Readonly<Record<string, { readonly rule: string; readonly middlewares: readonly string[] }>>
      readonly middlewares: Readonly<Record<string, { readonly forwardAuth?: ForwardAuth; readonly headers?: Headers }>>
    }
  }
  const { routers, middlewares } = (example('traefik/dynamic.yaml') as Dynamic).http
  const forwardAuths = Object.values(middlewares).flatMap(({ forwardAuth }) => forwardAuth ?? [])

  // Traefik sends this request, as its documentation says: GET to the configured address, with the listed headers of
  // the caller and X-Forwarded-*.
  describeQuestions((scope, { method, target, authorization }) => {
    const forwardAuth = forwardAuths.find(({ address }) => address.endsWith(`?scope=${scope}`))
    expect(forwardAuth?.authRequestHeaders).toContain('Authorization')
    const { pathname, search } = new URL(forwardAuth?.address ?? '')
    const headers: Question['headers'] = [
      ...authorization.map((value) => ['Authorization', value] as const),
      ['X-Forwarded-Method', method],
      ['X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Host', 'api.example.test'],
      ['X-Forwarded-Uri', target],
      ['X-Forwarded-For', '192.0.2.1'],
    ]
    return askThrough(server.publicUrl, { target: pathname + search, headers })
  })

  test('every router removes the identity headers of the caller, sends the check, and removes the token, in this order', () => {
    for (const { middlewares: names } of Object.values(routers)) {
      expect(names).toEqual(['without-claims-of-the-caller', expect.stringMatching(/^needs-/), 'without-token'])
    }
  })

  test('Traefik copies the whole identity and removes every other spelling of an identity header', () => {
    for (const { authResponseHeaders } of forwardAuths) expect(authResponseHeaders).toEqual(IDENTITY)
    const removed = middlewares['without-claims-of-the-caller']?.headers?.customRequestHeaders ?? {}
    const spellings = IDENTITY.flatMap((name) => spellingsOf(name).slice(1))
    expect(Object.keys(removed).sort()).toEqual([...spellings, 'Connection'].sort())
    expect(Object.values(removed)).toEqual(Object.values(removed).map(() => ''))
  })
})

describe("Envoy's ext_authz", () => {
  interface Authorization {
    readonly failure_mode_allow?: boolean
    readonly http_service?: {
      readonly path_prefix: string
      readonly authorization_response: {
        readonly allowed_upstream_headers: { readonly patterns: readonly { readonly exact: string }[] }
      }
    }
  }
  interface Route {
    readonly request_headers_to_remove: readonly string[]
    readonly typed_per_filter_config: Readonly<Record<string, { readonly disabled: boolean }>>
  }
  interface Manager {
    readonly http_filters: readonly { readonly name: string; readonly typed_config: Authorization }[]
    readonly route_config: { readonly virtual_hosts: readonly [{ readonly routes: readonly Route[] }] }
  }
  interface Bootstrap {
    readonly static_resources: {
      readonly listeners: readonly [
        { readonly filter_chains: readonly [{ readonly filters: readonly [{ readonly typed_config: Manager }] }] },
      ]
    }
  }
  const manager = (example('envoy/envoy.yaml') as Bootstrap).static_resources.listeners[0].filter_chains[0].filters[0]
    .typed_config
  const asking = manager.http_filters.filter(({ typed_config: { http_service } }) => http_service !== undefined)
  const prefixes = asking.map(({ typed_config }) => typed_config.http_service?.path_prefix ?? '')

  // Envoy sends this request, as its documentation says: the caller's method, the prefix followed by the caller's path
  // and query, Authorization and Content-Length 0. Authorization is an inline header: Envoy joins several values with
  // commas.
  describeQuestions((scope, { method, target, authorization }) => {
    const prefix = prefixes.find((text) => text.includes(`?scope=${scope}&`)) ?? ''
    const headers = authorization.length === 0 ? [] : [['authorization', authorization.join(',')] as const]
    return askThrough(server.publicUrl, { method, target: prefix + target, headers, body: Buffer.alloc(0) })
  })

  test('every filter fails closed and copies the whole identity', () => {
    expect(prefixes).toHaveLength(2)
    for (const { typed_config } of asking) {
      expect(typed_config.failure_mode_allow).toBe(false)
      const { patterns = [] } = typed_config.http_service?.authorization_response.allowed_upstream_headers ?? {}
      expect(patterns.map(({ exact }) => exact)).toEqual(IDENTITY.map((name) => name.toLowerCase()))
    }
  })

  test('a route turns off only the check of the other API, and no route passes the token on', () => {
    const { routes } = manager.route_config.virtual_hosts[0]
    expect(routes).toHaveLength(2)
    for (const { typed_per_filter_config, request_headers_to_remove } of routes) {
      expect(Object.keys(typed_per_filter_config)).toHaveLength(1)
      expect(asking.map(({ name }) => name)).toContain(Object.keys(typed_per_filter_config)[0])
      expect(request_headers_to_remove).toEqual(['authorization'])
    }
  })
})
