// The snippets that put an API under the protection of this server, with the addresses of the server and the client ID.
import { type KeyFacts, keyMembers } from './key-snippets.ts'
import { inJavaScript, inYaml } from './quoting.ts'

export interface ProtectFacts {
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
  readonly audience: string
  /** Undefined if the integration has a client secret. */
  readonly key: KeyFacts | undefined
}

export interface ProtectSnippet {
  readonly id: 'guard' | 'gateway' | 'nginx'
  readonly label: string
  readonly code: string
}

/** The code of docs/guard.md. The secret comes from the environment, the key from a file. */
const guard = ({
  issuer,
  clientId,
  scope,
  audience,
  key,
}: ProtectFacts): string => `import { createGuard } from '@latchkey/guard'
import { requireScope, claimsOf } from '@latchkey/guard/node'
import express from 'express'

const clientId = ${inJavaScript(clientId)}
${key === undefined ? 'const clientSecret = process.env.LATCHKEY_CLIENT_SECRET\n' : ''}const guard = createGuard({
  issuer: new URL(${inJavaScript(issuer)}),
  audience: ${inJavaScript(audience)},
  liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
  credentials: { clientId, ${key === undefined ? 'clientSecret' : keyMembers(key)} },
})
await guard.ready()

const app = express()
app.post('/ai/prediction', requireScope(guard, ${inJavaScript(scope)}), (request, response) => {
  response.json({ calledBy: claimsOf(request)?.clientId })
})
`

/** The file of docs/protect-an-api.md, and the command of docs/gateway.md. */
const gateway = ({ issuer, clientId, scope, key }: ProtectFacts): string => `# gateway.yaml
issuer: ${inYaml(issuer)}
apis:
  - name: Hello
    scope: ${inYaml(scope)}
    routes: ['/ai/**']
    upstream: http://127.0.0.1:9000

${key === undefined ? gatewayBySecret(clientId) : gatewayByKey(clientId, key)}`

const gatewayBySecret = (clientId: string): string =>
  `# Put the client secret into the file /run/secrets/gateway, and start it:
# LATCHKEY_CLIENT_ID=${clientId} LATCHKEY_CLIENT_SECRET_FILE=/run/secrets/gateway latchkey gateway --config gateway.yaml
`

const gatewayByKey = (clientId: string, { keyId, alg }: KeyFacts): string =>
  keyId === undefined && alg !== 'PS256'
    ? `# Put the private key into the file /run/keys/gateway.pem, and start it:
# LATCHKEY_CLIENT_ID=${clientId} LATCHKEY_CLIENT_PRIVATE_KEY_FILE=/run/keys/gateway.pem latchkey gateway --config gateway.yaml
`
    : `# The gateway names its key by the thumbprint, and signs RSA keys with RS256: add a key without kid and alg.
`

/** For the `location` of an API: the lines of examples/nginx/latchkey.conf that name this server and the scope. */
const nginx = ({ issuer, scope }: ProtectFacts): string => {
  const { host, pathname, protocol } = new URL(issuer)
  return `# From the example latchkey.conf: copy the whole file, and change these lines. nginx needs no credentials.
upstream latchkey {
    server ${host};
    keepalive 32;
}

    location ^~ /ai/ {
        set $required_scope ${scope};
        auth_request /_latchkey;
        proxy_pass http://api;
    }

    location = /_latchkey {
        internal;
        proxy_pass ${protocol}//latchkey${pathname}/v1/verify?scope=$required_scope;
    }
`
}

export const protectSnippets = (facts: ProtectFacts): readonly ProtectSnippet[] => [
  { id: 'guard', label: 'Guard (Node)', code: guard(facts) },
  { id: 'gateway', label: 'Gateway', code: gateway(facts) },
  { id: 'nginx', label: 'nginx', code: nginx(facts) },
]
