// The snippets that put an API under the protection of this server, with the addresses of the server and the client ID.
import { inJavaScript, inYaml } from './quoting.ts'

export interface ProtectFacts {
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
  readonly audience: string
}

export interface ProtectSnippet {
  readonly id: 'guard' | 'gateway' | 'nginx'
  readonly label: string
  readonly code: string
}

/** The code of docs/guard.md. The secret comes from the environment. */
const guard = ({
  issuer,
  clientId,
  scope,
  audience,
}: ProtectFacts): string => `import { createGuard } from '@latchkey/guard'
import { requireScope, claimsOf } from '@latchkey/guard/node'
import express from 'express'

const clientId = ${inJavaScript(clientId)}
const clientSecret = process.env.LATCHKEY_CLIENT_SECRET
const guard = createGuard({
  issuer: new URL(${inJavaScript(issuer)}),
  audience: ${inJavaScript(audience)},
  liveness: { mode: 'feed', maxStaleSeconds: 5, onStale: 'introspect' },
  credentials: { clientId, clientSecret },
})
await guard.ready()

const app = express()
app.post('/ai/prediction', requireScope(guard, ${inJavaScript(scope)}), (request, response) => {
  response.json({ calledBy: claimsOf(request)?.clientId })
})
`

/** The file of docs/protect-an-api.md, and the command of docs/gateway.md. */
const gateway = ({ issuer, clientId, scope }: ProtectFacts): string => `# gateway.yaml
issuer: ${inYaml(issuer)}
apis:
  - name: Hello
    scope: ${inYaml(scope)}
    routes: ['/ai/**']
    upstream: http://127.0.0.1:9000

# Put the client secret into the file /run/secrets/gateway, and start it:
# LATCHKEY_CLIENT_ID=${clientId} LATCHKEY_CLIENT_SECRET_FILE=/run/secrets/gateway latchkey gateway --config gateway.yaml
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
