// The files for GitHub: the workflow runs the same script as a developer, and each form says where to report a
// vulnerability.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from './library-examples.ts'

const read = (path: string): unknown => {
  const text = readFileSync(join(root, path), 'utf8')
  return path.endsWith('.json') ? JSON.parse(text) : parse(text)
}

test('the workflow has only read access and runs .ci/run', () => {
  const { jobs, permissions } = read('.github/workflows/ci.yml') as {
    readonly jobs: { readonly tests: { readonly steps: readonly { readonly run?: string }[] } }
    readonly permissions: unknown
  }
  expect(permissions).toEqual({ contents: 'read' })
  expect(jobs.tests.steps.map(({ run }) => run).filter((run) => run !== undefined)).toEqual(['.ci/run'])
  expect(statSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0)
})

test('the workflow of a release has only read access, and builds with the command that developers use', () => {
  const { jobs, permissions } = read('.github/workflows/release.yml') as {
    readonly jobs: { readonly build: { readonly steps: readonly { readonly run?: string }[] } }
    readonly permissions: unknown
  }
  expect(permissions).toEqual({ contents: 'read' })
  expect(jobs.build.steps.map(({ run = '' }) => run).join('\n')).toContain(
    'npm run release -- "${GITHUB_REF_NAME#v}" --dry-run --repository',
  )
})

const forms = globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: root }).filter((path) => !path.endsWith('config.yml'))

test('there is a form for bugs and a form for feature requests, and every issue must use a form', () => {
  expect(forms.length).toBe(2)
  expect(read('.github/ISSUE_TEMPLATE/config.yml')).toEqual({ blank_issues_enabled: false })
})

test.each(forms)('%s has the parts of a form, and each of its fields has a unique name', (path) => {
  const form = read(path) as {
    readonly name: string
    readonly description: string
    readonly body: readonly { readonly type: string; readonly id?: string; readonly attributes: { label?: string } }[]
  }
  const fields = form.body.filter(({ type }) => type !== 'markdown')
  expect([typeof form.name, typeof form.description]).toEqual(['string', 'string'])
  expect(fields.every(({ attributes }) => attributes.label !== undefined)).toBe(true)
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length)
})

test('the forms for bugs and features warn against disclosing a vulnerability', () => {
  for (const path of ['.github/ISSUE_TEMPLATE/bug.yml', '.github/pull_request_template.md']) {
    expect(readFileSync(join(root, path), 'utf8')).toMatch(/vulnerability[^]*SECURITY\.md/)
  }
  expect(existsSync(join(root, 'SECURITY.md'))).toBe(true)
})

test('updates of dependencies are pinned, and the fixtures of past releases are never updated', () => {
  expect(read('.github/renovate.json')).toMatchObject({
    rangeStrategy: 'pin',
    ignorePaths: expect.arrayContaining(['e2e/upgrades/fixtures/**']) as unknown,
  })
})
