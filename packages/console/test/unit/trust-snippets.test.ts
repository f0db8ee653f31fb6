// What the page tells a workload to do after a trust rule was added.
import { expect, test } from 'vitest'
import { type TrustSnippetFacts, trustSnippetsOf } from '../../src/snippets/trust-snippets.ts'

const facts: TrustSnippetFacts = {
  ...{ platform: 'kubernetes', issuer: 'https://auth.example.com/oauth2/default', audience: 'api://other' },
  ...{ clientId: 'lk0123456789abcd', scope: "it's" },
}
const codeOf = (platform: TrustSnippetFacts['platform']): string =>
  trustSnippetsOf({ ...facts, platform })
    .map(({ code }) => code)
    .join('\n')

test('pods, workflows and jobs ask their platform for a token with the audience of the trusted issuer', () => {
  expect(codeOf('kubernetes')).toContain("audience: 'api://other'")
  expect(codeOf('github')).toContain('&audience=api%3A%2F%2Fother"')
  expect(codeOf('gitlab')).toContain("aud: 'api://other'")
})

test('each request names the client and its scope, and a quote in the scope does not end the text of the snippet', () => {
  for (const platform of ['kubernetes', 'github', 'gitlab', 'spiffe', 'oidc'] as const) {
    expect(codeOf(platform), platform).toContain('--data client_id=lk0123456789abcd')
    expect(codeOf(platform), platform).toContain(String.raw`--data-urlencode 'scope=it'\''s'`)
  }
})

test('only a SPIFFE workload sends its assertion with the type for SPIFFE', () => {
  expect(codeOf('spiffe')).toContain('client-assertion-type:jwt-spiffe')
  expect(codeOf('oidc')).toContain('client-assertion-type:jwt-bearer')
})
