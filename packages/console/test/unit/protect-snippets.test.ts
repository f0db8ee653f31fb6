// The snippets that protect an API have the code that the documentation shows and its tests run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { protectSnippets } from '../../src/snippets/protect-snippets.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../../../..', path), 'utf8')
const PREDICT = 'machinelearning.predict'
const facts = { clientId: 'lk0123456789abcd', scope: PREDICT, audience: 'api://default', key: undefined }

const codeOf = (id: string, issuer: string): string =>
  protectSnippets({ ...facts, issuer }).find((snippet) => snippet.id === id)?.code ?? ''

const linesOf = (code: string): readonly string[] =>
  code.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))

test('the guard snippet is the code of docs/guard.md, with this server and this client', () => {
  const code = codeOf('guard', 'https://auth.example.com/oauth2/ausao8uveaPmyhv0v357')
  const own = ["const clientId = 'lk0123456789abcd'", 'const clientSecret = process.env.LATCHKEY_CLIENT_SECRET']
  expect(code).toContain(own.join('\n'))
  expect(read('docs/guard.md')).toContain(code.replace(`${own.join('\n')}\n`, ''))
})

test('the gateway snippet is the file of docs/protect-an-api.md, with this client', () => {
  const code = codeOf('gateway', 'http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357')
  const documented = read('docs/protect-an-api.md')
  for (const line of linesOf(code)) expect(documented).toContain(line.replace(/: '([^']*)'$/, ': $1'))
  expect(code).toContain('LATCHKEY_CLIENT_ID=lk0123456789abcd LATCHKEY_CLIENT_SECRET_FILE=/run/secrets/gateway')
  expect(read('docs/gateway.md')).toContain(
    'LATCHKEY_CLIENT_SECRET_FILE=/run/secrets/gateway latchkey gateway --config',
  )
})

test('each line of the nginx snippet is in the example that a test runs', () => {
  const example = read('examples/nginx/latchkey.conf').split('\n')
  for (const line of linesOf(codeOf('nginx', 'http://127.0.0.1:8080/oauth2/ausao8uveaPmyhv0v357')))
    expect(example).toContain(line)
})

test('a value from the server cannot end the string literal that contains it', () => {
  const hostile = { ...facts, scope: "x'); evil('", issuer: 'http://127.0.0.1:8080/oauth2/a' }
  expect(protectSnippets(hostile)[0]?.code).toContain("requireScope(guard, 'x\\'); evil(\\'')")
})
