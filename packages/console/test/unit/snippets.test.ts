// The snippets of the console: no value can break out of the string literal that it stands in, and no snippet contains
// the client secret before the operator has revealed it.
import { execFileSync } from 'node:child_process'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { inDoubleQuotes, inEnvFile, inJavaScript, inShell, inYaml } from '../../src/snippets/quoting.ts'
import { curlCommand, envFile, SECRET_PLACEHOLDER, snippetsOf } from '../../src/snippets/snippets.ts'
import { parse } from 'yaml'

const HOSTILE = ["it's", '"quoted"', 'back\\slash', '$(id)', '`id`', 'a\nb', '${x}', "'; id; '", 'ünï', ' ', '#', 'a b']

test.each(HOSTILE)('%j stays one string literal in each language', (text) => {
  expect(execFileSync('sh', ['-c', `printf %s ${inShell(text)}`], { encoding: 'utf8' })).toBe(text)
  expect(JSON.parse(inDoubleQuotes(text))).toBe(text)
  expect(runInNewContext(inJavaScript(text))).toBe(text)
  if (!text.includes('\n')) expect(parse(inYaml(text))).toBe(text)
})

test('a plain value is written to an .env file unchanged, and another value in single quotes', () => {
  expect(inEnvFile('https://auth.example.com/v1/token')).toBe('https://auth.example.com/v1/token')
  expect(inEnvFile('a b$c')).toBe("'a b$c'")
})

const facts = {
  tokenEndpoint: 'https://auth.example.com/oauth2/default/v1/token',
  clientId: 'lk0123456789abcd',
  clientSecret: undefined,
  scope: 'reports&read=all',
}

test('a scope is encoded in the address of the request', () => {
  expect(curlCommand(facts)).toContain('?scope=reports%26read%3Dall&grant_type=client_credentials')
})

test('a snippet has a placeholder until the secret is on the screen, and then the secret once', () => {
  expect(envFile(facts)).toContain(`CLIENT_SECRET='${SECRET_PLACEHOLDER}'`)
  for (const { id, code } of snippetsOf({ ...facts, clientSecret: 'lks_secret' })) {
    const reads = ['node', 'python', 'go'].includes(id)
    expect([id, code.split('lks_secret').length - 1]).toEqual([id, reads ? 0 : 1])
  }
  expect(snippetsOf(facts).map(({ id }) => id)).toEqual(['curl', 'node', 'python', 'go', 'agent', 'env'])
})
