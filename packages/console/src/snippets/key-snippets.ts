// The snippets that get a token with a private key of the program, each complete and ready to run.
import type { KeyCredential } from 'latchkey/admin-api'
import { inJavaScript, inShell, inYaml } from './quoting.ts'

export interface KeyFacts {
  /** Undefined if the key ID is the thumbprint of the key, which the programs use by default. */
  readonly keyId: string | undefined
  readonly alg: string
}

export const keyFactsOf = ({ kid, thumbprint, alg }: Pick<KeyCredential, 'kid' | 'thumbprint' | 'alg'>): KeyFacts => ({
  keyId: kid === thumbprint ? undefined : kid,
  alg,
})

export interface KeySnippetFacts extends KeyFacts {
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
}

export interface KeySnippet {
  readonly id: 'node' | 'terminal' | 'agent'
  readonly label: string
  readonly code: string
}

/** The commands of docs/cli.md. The second prints the public key as PEM. */
export const MAKE_KEY = `openssl genpkey -algorithm ed25519 -out client.pem
openssl pkey -in client.pem -pubout
`

/** The members of `credentials` in the library and in the guard. */
export const keyMembers = ({ keyId, alg }: KeyFacts): string =>
  [
    `privateKey: 'client.pem'`,
    ...(keyId === undefined ? [] : [`keyId: ${inJavaScript(keyId)}`]),
    // The library signs with RS256 by default.
    ...(alg === 'PS256' ? [`algorithm: 'PS256'`] : []),
  ].join(', ')

// docs/client.md describes the package.
const node = ({ issuer, clientId, scope, ...key }: KeySnippetFacts): string =>
  `import { createTokenManager } from '@latchkey/client'

const tokens = createTokenManager({
  issuer: ${inJavaScript(issuer)},
  clientId: ${inJavaScript(clientId)},
  credentials: { ${keyMembers(key)} },
  scope: ${inJavaScript(scope)},
})
// Ask before each request, and do not keep the answer.
console.log(await tokens.getToken())
`

const terminal = ({ issuer, clientId, scope, keyId }: KeySnippetFacts): string =>
  `latchkey token request --issuer ${inShell(issuer)} \\
  --client-id ${inShell(clientId)} --scope ${inShell(scope)} \\
  --key client.pem${keyId === undefined ? '' : ` --key-id ${inShell(keyId)}`}
`

const agent = ({ issuer, clientId, scope, keyId }: KeySnippetFacts): string =>
  `# One daemon keeps the token for all programs on this machine, in any language.
mkdir -p -m 700 latchkey-agent
cat > latchkey-agent/agent.yaml <<'END'
socket: latchkey-agent/agent.sock
integrations:
  - name: default
    issuer: ${inYaml(issuer)}
    client_id: ${inYaml(clientId)}
    private_key_file: client.pem
${keyId === undefined ? '' : `    key_id: ${inYaml(keyId)}\n`}    scopes: [${inYaml(scope)}]
END
latchkey agent --config latchkey-agent/agent.yaml &

# Ask before each request, and do not keep the answer:
curl --silent --retry 20 --retry-all-errors --unix-socket latchkey-agent/agent.sock \\
  ${inShell(`http://agent/token?scope=${encodeURIComponent(scope)}`)}
`

/** The command line and the agent sign with an RSA key only by RS256. */
export function keySnippetsOf(facts: KeySnippetFacts): readonly KeySnippet[] {
  const library: KeySnippet = { id: 'node', label: 'Node', code: node(facts) }
  if (facts.alg === 'PS256') return [library]
  return [
    { id: 'terminal', label: 'Terminal', code: terminal(facts) },
    library,
    { id: 'agent', label: 'Agent', code: agent(facts) },
  ]
}
