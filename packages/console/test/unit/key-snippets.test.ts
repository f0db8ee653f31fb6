// The snippets for a client with a key of its own.
import { expect, test } from 'vitest'
import { keyFactsOf, type KeyFacts, keySnippetsOf, type KeySnippetFacts } from '../../src/snippets/key-snippets.ts'
import { protectSnippets } from '../../src/snippets/protect-snippets.ts'

const facts: KeySnippetFacts = {
  ...{ issuer: 'https://auth.example.com/oauth2/default', clientId: 'lk0123456789abcd', scope: 'reports.read' },
  ...{ keyId: undefined, alg: 'ES256' },
}
const codeOf = (id: string, more: Partial<KeySnippetFacts> = {}): string =>
  keySnippetsOf({ ...facts, ...more }).find((snippet) => snippet.id === id)?.code ?? ''

test('each snippet names the key ID, unless the ID is the thumbprint of the key', () => {
  for (const { code } of keySnippetsOf(facts)) expect(code).not.toMatch(/key-?_?id/i)
  expect(codeOf('terminal', { keyId: 'billing-2027' })).toContain("--key client.pem --key-id 'billing-2027'")
  expect(codeOf('node', { keyId: 'billing-2027' })).toContain("{ privateKey: 'client.pem', keyId: 'billing-2027' }")
  expect(codeOf('agent', { keyId: 'billing-2027' })).toContain("\n    key_id: 'billing-2027'\n")
})

test('a key for PS256 has only the snippet of the library, because the command line and the agent sign with RS256', () => {
  expect(keySnippetsOf({ ...facts, alg: 'PS256' }).map(({ id }) => id)).toEqual(['node'])
  expect(codeOf('node', { alg: 'PS256' })).toContain("algorithm: 'PS256'")
  expect(codeOf('node', { alg: 'RS256' })).not.toContain('algorithm')
})

test('guard and gateway of an integration without a secret read a private key', () => {
  const { issuer, clientId, scope } = facts
  const of = (key: KeyFacts | undefined) =>
    Object.fromEntries(
      protectSnippets({ issuer, clientId, scope, audience: 'api://default', key }).map(({ id, code }) => [id, code]),
    )
  const own = of({ keyId: undefined, alg: 'ES256' })
  expect(own['guard']).toContain("credentials: { clientId, privateKey: 'client.pem' },")
  expect(own['gateway']).toContain('LATCHKEY_CLIENT_PRIVATE_KEY_FILE=/run/keys/gateway.pem latchkey gateway')
  for (const code of [own['guard'], own['gateway']]) expect(code).not.toMatch(/secret/i)
  expect(of(undefined)['guard']).toContain('credentials: { clientId, clientSecret },')
})

test('the gateway snippet asks for another key if the gateway cannot use the key of the integration', () => {
  const { issuer, clientId, scope } = facts
  for (const key of [
    { keyId: 'gateway-2027', alg: 'ES256' },
    { keyId: undefined, alg: 'PS256' },
  ]) {
    const [, gateway] = protectSnippets({ issuer, clientId, scope, audience: 'api://default', key })
    expect(gateway?.code).toContain('add a key without kid and alg')
    expect(gateway?.code).not.toContain('PRIVATE_KEY_FILE')
  }
})

test('a key whose ID is its thumbprint has no key ID in the snippets', () => {
  expect(keyFactsOf({ kid: 'NzbL', thumbprint: 'NzbL', alg: 'ES256' })).toEqual({ keyId: undefined, alg: 'ES256' })
  expect(keyFactsOf({ kid: 'worker', thumbprint: 'NzbL', alg: 'ES256' })).toEqual({ keyId: 'worker', alg: 'ES256' })
})
