// GET /docs: the page shows the whole OpenAPI document. A browser that opens the page runs no script, and requests
// nothing else except the style sheet.
import { hash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { escaped, marked } from '../../src/http/admin/documents/html.ts'
import type { ApiDocument, Schema } from '../../src/http/admin/reference/api-document.ts'
import { startAdminListener, type TestAdminListener } from '../an-admin-listener.ts'

let admin: TestAdminListener
let page: Awaited<ReturnType<TestAdminListener['ask']>>
let document: ApiDocument
beforeAll(async () => {
  admin = await startAdminListener()
  page = await withoutKey('/docs')
  document = (await withoutKey('/admin/v1/openapi.json')).json<ApiDocument>()
})
afterAll(() => admin.stop())

const withoutKey = (url: string) => admin.ask({ url, headers: { authorization: undefined } })

const operations = () => Object.values(document.paths).flatMap((methods) => Object.values(methods))

test('the page of the API reference is sent without a key', () => {
  expect(page.statusCode).toBe(200)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
})

test('a browser runs no script and sends no request for the API reference: the policy allows only its style sheet', () => {
  const style = /<style>([^<]*)<\/style>/.exec(page.body)?.[1] ?? ''
  expect(String(page.headers['content-security-policy']).split('; ').toSorted()).toEqual([
    "base-uri 'none'",
    "default-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  ])
})

test('the page of the API reference contains no element that its policy refuses', () => {
  expect(page.body.match(/<style/g)).toHaveLength(1)
  expect(page.body).not.toMatch(/<script|<img|<form|<iframe|<link|<base|\s(?:src|srcset|style|action|on[a-z]+)=/i)
})

test('every link of the API reference leads to a section of the page, or to a page of this listener', async () => {
  const anchors = [...page.body.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id)
  expect(new Set(anchors).size).toBe(anchors.length)
  const links = [...page.body.matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => href)
  const [inside, outside] = [links.filter((href) => href.startsWith('#')), links.filter((href) => href[0] !== '#')]
  expect(inside.filter((href) => !anchors.includes(href.slice(1)))).toEqual([])
  expect(new Set(outside.map((href) => href.replace(/#.*/, '')))).toEqual(
    new Set(['/', '/problems', '/admin/v1/openapi.json']),
  )
  const { body: problems } = await withoutKey('/problems')
  const codes = outside.flatMap((href) => (href.includes('#') ? [href.slice(href.indexOf('#') + 1)] : []))
  expect(codes.filter((code) => !problems.includes(`id="${code}"`))).toEqual([])
})

/** Every schema on the page, and the schemas inside them. */
function schemas(): readonly Schema[] {
  const outer = operations().flatMap(({ parameters = [], requestBody, responses }) => {
    const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'))
    const contents = [requestBody?.content, ...answers.map(([, { content }]) => content)]
    const bodies = contents.flatMap((content) => Object.values(content ?? {}).map(({ schema = {} }) => schema))
    return [...parameters.map(({ schema }) => schema), ...bodies]
  })
  const all = [...outer]
  for (let schema = outer.pop(); schema !== undefined; schema = outer.pop()) {
    const { properties = {}, items, anyOf = [], additionalProperties } = schema
    const inner = [...Object.values(properties), ...anyOf, ...(items === undefined ? [] : [items])]
    if (typeof additionalProperties === 'object') inner.push(additionalProperties)
    all.push(...inner)
    outer.push(...inner)
  }
  return all
}

test('the API reference shows each operation with its path, its role, its parameters and its problems', () => {
  const sections = page.body.split('<section ').slice(1)
  const shown = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const section = sections.find(
        (text) => text.includes(`>${method.toUpperCase()}</b> `) && text.includes(`<code>${path}</code>`),
      )
      const { summary, description = '', parameters = [], 'x-least-role': role = 'no key' } = operation
      const expected = [
        escaped(summary),
        marked(description),
        role,
        ...parameters.map(({ name }) => `<code>${name}</code>`),
      ]
      return { path, method, missing: expected.filter((text) => section?.includes(text) !== true) }
    }),
  )
  expect(sections).toHaveLength(shown.length)
  expect(shown.filter(({ missing }) => missing.length > 0)).toEqual([])
  const codes = [...JSON.stringify(document.paths).matchAll(/"\$ref":"#\/components\/responses\/(\w+)"/g)]
  expect(codes.filter(([, code = '']) => !page.body.includes(`<a href="/problems#${code}">`))).toEqual([])
})

test('the API reference shows every member, description, value and limit of the schemas', () => {
  const missing = schemas().flatMap(({ properties = {}, description = '', enum: values = [], ...bounds }) => {
    const { pattern, format, minimum, maximum, minLength, maxLength, minItems, maxItems } = bounds
    const numbers = [minimum, maximum, minLength, maxLength, minItems, maxItems].filter((bound) => bound !== undefined)
    const texts = [pattern, format].filter((text) => text !== undefined).map(escaped)
    const codes = [...Object.keys(properties), ...values.map(String)].map((text) => `<code>${escaped(text)}</code>`)
    return [marked(description), ...texts, ...codes, ...numbers.map(String)].filter((text) => !page.body.includes(text))
  })
  expect(missing).toEqual([])
})

test('the API reference shows every keyword of the schemas', () => {
  const known = [
    ...['type', 'description', 'format', 'pattern', 'enum', 'anyOf', 'items', 'properties', 'required'],
    ...['additionalProperties', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
    ...['uniqueItems', 'minProperties'],
  ]
  const keywords = new Set(schemas().flatMap((schema) => Object.keys(schema)))
  expect([...keywords].filter((keyword) => !known.includes(keyword))).toEqual([])
})

test('other sites cannot read the API reference or the OpenAPI document', async () => {
  for (const url of ['/docs', '/problems', '/admin/v1/openapi.json']) {
    const answer = await admin.ask({ url, headers: { authorization: undefined, origin: 'https://elsewhere.example' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['access-control-allow-origin']).toBe(undefined)
  }
})
