// The OpenAPI document is complete, consistent, and identical to the committed file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTE_RULES, ruleFor } from '../../src/http/admin/access/route-rules.ts'
import { CONSOLE_ROUTES } from '../../src/http/admin/console/console-routes.ts'
import { PROBLEMS } from '../../src/http/admin/problems/problem-catalog.ts'
import { startTestServer } from '../a-server.ts'
import { anAdminListener, startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'

const COMMITTED = join(import.meta.dirname, '../../../../docs/openapi.json')
/** The routes that the OpenAPI document omits: HTML pages, their files, and the document itself. */
const NOT_IN_IT = [...['/', '/docs', '/docs/*', '/problems', '/admin/v1/openapi.json', '/assets/*'], ...CONSOLE_ROUTES]

interface Media {
  readonly schema: {
    readonly allOf: readonly [unknown, { readonly properties: { readonly code: { readonly enum: string[] } } }]
  }
}

interface Answer {
  readonly $ref?: string
  readonly description?: string
  readonly content?: Readonly<Record<string, Media>>
}

interface BodySchema {
  readonly additionalProperties?: unknown
  readonly anyOf?: readonly BodySchema[]
}

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: BodySchema }>>
  }
  readonly responses: Readonly<Record<string, Answer>>
}

interface Document {
  readonly openapi: string
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: Readonly<Record<string, Answer>> }
}

let admin: TestAdminListener
let text: string
let document: Document
beforeAll(async () => {
  const server = await startTestServer()
  const response = await fetch(`${server.adminUrl}/admin/v1/openapi.json`)
  document = (await response.json()) as Document
  text = JSON.stringify(document, undefined, 2)
  await server.stop()
  admin = await startAdminListener()
})
afterAll(() => admin.stop())

const asDocumented = (url: string) => url.replaceAll(/:(\w+)/g, '{$1}')
const asRouted = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1')

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      method,
      operation,
    })),
  )

/** Returns the names of the operations for which `isWrong` is true. */
const wrong = (isWrong: (of: ReturnType<typeof operations>[number]) => boolean) =>
  operations()
    .filter(isWrong)
    .map(({ name }) => name)

const codesOf = ({ $ref = '', content = {} }: Answer): readonly string[] => {
  const answer = document.components.responses[$ref.replace('#/components/responses/', '')]
  const media = (answer?.content ?? content)['application/problem+json']
  return media?.schema.allOf[1].properties.code.enum ?? []
}

test('docs/openapi.json equals the document of a server (if this fails, run npm run generate)', () => {
  expect(`${text}\n`).toBe(readFileSync(COMMITTED, 'utf8'))
})

test('the document is OpenAPI 3.1 and has every route of the admin listener except the pages', () => {
  expect(document.openapi).toMatch(/^3\.1\./)
  const routes = ROUTE_RULES.filter(({ url }) => !NOT_IN_IT.some((page) => page === url))
  const listed = routes.map(({ method, url }) => `${method} ${asDocumented(url)}`)
  expect(
    operations()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(listed.toSorted())
})

describe('every operation', () => {
  test('has a summary, and one tag that the document describes', () => {
    const tags = document.tags.map(({ name }) => name)
    expect(wrong(({ operation: { summary } }) => summary === undefined || !/^[A-Z].{5,98}[^.]$/.test(summary))).toEqual(
      [],
    )
    expect(wrong(({ operation: { tags: of = [] } }) => of.length !== 1 || !tags.includes(of[0] ?? ''))).toEqual([])
  })

  test('needs a key exactly if its route needs a key, and lists the problems of a missing key', () => {
    const rule = ({ method, path }: { method: string; path: string }) =>
      ruleFor(method.toUpperCase(), asRouted(path)).allows
    expect(wrong((of) => (of.operation.security?.length === 0) !== (rule(of) === 'anyone'))).toEqual([])
    // Signing in needs no key, but a failed sign-in has the same status as a missing key.
    const needsProof = (of: { name: string; method: string; path: string }) =>
      rule(of) !== 'anyone' || of.name === 'POST /admin/v1/session'
    expect(wrong((of) => '401' in of.operation.responses !== needsProof(of))).toEqual([])
    // A page of another site may send a session's change, so a change can also fail with this problem.
    const mayBeForbidden = (of: { method: string; path: string }) =>
      of.method !== 'get' || ['editor', 'owner'].includes(rule(of))
    expect(wrong((of) => '403' in of.operation.responses !== mayBeForbidden(of))).toEqual([])
  })

  test('describes the parameters of its path', () => {
    const inPath = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const named = ({ parameters = [] }: Operation) =>
      parameters.filter((of) => of.in === 'path').map(({ name }) => name)
    expect(wrong(({ path, operation }) => inPath(path).toString() !== named(operation).toString())).toEqual([])
  })

  test('with a path parameter has a problem for an unknown value (if this fails, list the code in `problems`)', () => {
    expect(wrong(({ path, operation }) => path.includes('{') && !('404' in operation.responses))).toEqual([])
  })

  test('that changes a record needs the version of the record, and lists 412 and 428', () => {
    const changes = operations().filter(({ method }) => method === 'patch')
    expect(changes.filter(({ operation }) => !('412' in operation.responses && '428' in operation.responses))).toEqual(
      [],
    )
  })

  test('has a body without undocumented members', () => {
    const schemas = ({ requestBody }: Operation) =>
      Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => schema.anyOf ?? [schema])
    expect(
      wrong(({ operation }) => schemas(operation).some((schema) => schema.additionalProperties !== false)),
    ).toEqual([])
  })

  test('describes its successful answer', () => {
    const successes = ({ responses }: Operation) =>
      Object.entries(responses).flatMap(([status, { description }]) => (status.startsWith('2') ? [description] : []))
    expect(wrong(({ operation }) => successes(operation).length === 0)).toEqual([])
    expect(wrong(({ operation }) => successes(operation).some((description = '') => description === ''))).toEqual([])
  })

  test('has a schema for its successful answer', () => {
    const hasNone = ({ responses }: Operation) =>
      Object.entries(responses).some(
        ([status, { content = {} }]) =>
          status.startsWith('2') && status !== '204' && Object.values(content).length === 0,
      )
    expect(wrong(({ operation }) => hasNone(operation))).toEqual([])
  })

  test('lists each problem under its status in the catalog', () => {
    const refusals = ({ responses }: Operation) =>
      Object.entries(responses).filter(([status]) => !status.startsWith('2'))
    const isSound = ([status, answer]: [string, Answer]) =>
      codesOf(answer).length > 0 && codesOf(answer).every((code) => statusIn(code) === Number(status))
    expect(wrong(({ operation }) => !refusals(operation).every(isSound))).toEqual([])
  })
})

/** The kinds of mistakes in a request, and one request without a mistake. */
const variants: readonly (readonly [string, Parameters<TestAdminListener['ask']>[0]])[] = [
  ['that is plain', {}],
  ['with an empty body', { payload: {} }],
  ['with a body of wrong members', { payload: { name: 1, __nothing: true } }],
  ['with a body that is not JSON', { headers: { 'content-type': 'application/json' }, payload: '{' }],
  ['with a body of another type', { headers: { 'content-type': 'application/xml' }, payload: '<a/>' }],
  ['with a body that is too large', { payload: { name: 'n'.repeat(20_000_000) } }],
  ['with an unknown query', { query: { nothing: 'x', limit: '-1' } }],
  ['with a stale version', { headers: { 'if-match': '"v999"' }, payload: { description: '' } }],
  ['with an unusable version', { headers: { 'if-match': 'v1' }, payload: { description: '' } }],
  ['with an unusable idempotency key', { headers: { 'idempotency-key': ' ' }, payload: {} }],
  ['without a key', { headers: { authorization: undefined } }],
  ['for another host', { headers: { host: 'elsewhere.example' } }],
]

test.each(variants)(
  'a request %s gets a documented answer (if this fails, list the code in `problems`)',
  async (_, variant) => {
    expect(await undocumented(admin, variant)).toEqual([])
  },
)

test('while the store is unavailable, a request gets a documented answer', async () => {
  const withoutStore = await anAdminListener()
  await withoutStore.closeStore()
  expect(await undocumented(withoutStore, {})).toEqual([])
})

/** Calls every operation. Returns the answers that the OpenAPI document does not describe. */
async function undocumented({ ask }: TestAdminListener, variant: (typeof variants)[number][1]) {
  const found: string[] = []
  // Event streams are omitted, because they have no end and this test waits for whole answers.
  for (const { name, path, method, operation } of operations().filter(({ path }) => !path.endsWith('/events'))) {
    const url = path.replaceAll(/\{\w+\}/g, 'int_0')
    const answer = await ask({ ...variant, method: method.toUpperCase(), url })
    const documented = operation.responses[String(answer.statusCode)]
    const isProblem = answer.headers['content-type'] === 'application/problem+json'
    const code = isProblem ? answer.json<{ code: string }>().code : ''
    const isSound = documented !== undefined && (!isProblem || codesOf(documented).includes(code))
    if (!isSound) found.push(`${name}: ${answer.statusCode} ${code}`)
  }
  return found
}

const statusIn = (code: string): number | undefined =>
  (PROBLEMS as Readonly<Record<string, { readonly status: number }>>)[code]?.status

test('every reference resolves within the document', () => {
  const references = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map(([, reference = '']) => reference)
  expect(references.length).toBeGreaterThan(0)
  const target = (reference: string) =>
    reference
      .split('/')
      .slice(1)
      .reduce((at: unknown, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name], document)
  expect(references.filter((reference) => !reference.startsWith('#/') || target(reference) === undefined)).toEqual([])
})
