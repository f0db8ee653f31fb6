// GET /problems: the page that the `type` of every problem links to.
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROBLEMS } from '../../src/http/admin/problems/problem-catalog.ts'
import { problemMarkdown } from '../../src/http/admin/problems/problem-page.ts'
import { anAdminListener } from '../an-admin-listener.ts'

const SOURCES = join(import.meta.dirname, '../../src/http/admin')

const anchorsIn = (html: string) => [...html.matchAll(/<section id="([^"]+)"/g)].map(([, anchor]) => anchor)

test('the page of problems has an anchor for each code, with status, title and remedy', async () => {
  const { ask } = await anAdminListener()
  const answer = await ask({ url: '/problems', headers: { authorization: undefined } })
  expect(answer.statusCode).toBe(200)
  expect(anchorsIn(answer.body)).toEqual(Object.keys(PROBLEMS))
  const sections = answer.body.split('<section ').slice(1)
  for (const [index, { status, title, cure }] of Object.values(PROBLEMS).entries()) {
    expect(sections[index]).toContain(`${status}, ${title}.`)
    expect(sections[index]).toContain(cure.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'))
  }
})

test.each([
  ['without a key', { url: '/admin/v1/integrations', headers: { authorization: undefined } }],
  ['on an unknown path', { url: '/admin/v1/nothing' }],
  ['for an unknown integration', { url: '/admin/v1/integrations/int_0' }],
  ['with an unusable body', { url: '/admin/v1/integrations', method: 'POST', payload: {} }],
] as const)(
  'the type of the problem %s leads to an anchor of the page, and the members of the problem match the table',
  async (_, request) => {
    const { ask } = await anAdminListener()
    const problem = (await ask(request)).json<{
      type: string
      status: number
      title: string
      code: keyof typeof PROBLEMS
    }>()
    const [path = '', anchor] = problem.type.split('#')
    expect(anchorsIn((await ask({ url: path })).body)).toContain(anchor)
    expect(problem).toMatchObject({ status: PROBLEMS[problem.code].status, title: PROBLEMS[problem.code].title })
  },
)

test('the policy of the page of problems allows only its style sheet', async () => {
  const { ask } = await anAdminListener()
  const { body, headers } = await ask({ url: '/problems' })
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(body) ?? []
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`style-src 'sha256-${hash('sha256', style, 'base64')}'`)
  expect(body).not.toMatch(/<script|\sstyle=|<img|<link/)
})

test('docs/problems.md has the same content (if this fails, run npm run generate)', () => {
  expect(readFileSync(join(import.meta.dirname, '../../../../docs/problems.md'), 'utf8')).toBe(problemMarkdown())
})

test('every problem code in the table is used', () => {
  const files = readdirSync(SOURCES, { encoding: 'utf8', recursive: true }).filter(
    (file) => file.endsWith('.ts') && !/(?:problem-catalog|resource-problems)\.ts$/.test(file),
  )
  const sources = files.map((file) => readFileSync(join(SOURCES, file), 'utf8')).join('\n')
  // A code that only the schema of a route names does not count as used.
  const answering = sources.replaceAll(/\bproblems: \[[^\]]*\]/g, '')
  expect(Object.keys(PROBLEMS).filter((code) => !answering.includes(`'${code}'`))).toEqual([])
})
