// latchkey export: writes trusted issuers, scopes, APIs and integrations as a file that latchkey apply reads. The file
// never contains a secret.
import type { Command } from 'commander'
import type {
  Api,
  Credential,
  Integration,
  List,
  Manifest,
  Scope,
  TrustedIssuer,
} from '../../http/contract/admin-api.ts'
import { type AdminClient, adminClient, at } from '../admin-api/admin-client.ts'
import { command } from '../command.ts'
import { showJson, type Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'

export function addExport(latchkey: Command, terminal: Terminal): void {
  command(latchkey, 'export', {
    does: 'write trusted issuers, scopes, APIs and integrations as latchkey apply reads them; no secrets',
    examples: ['latchkey export > latchkey.yaml', 'latchkey export --json'],
  })
    .summary('write a manifest; no secrets are in it')
    .action(async ({ json }: Shown) => {
      const server = adminClient(terminal.env)
      const { items: issuers } = await server.get<List<TrustedIssuer>>('/issuers')
      const document: Manifest = {
        // Leaves out an empty list of issuers. If the file had the list, a server that applies the file would delete
        // all its issuers, and would require an owner's key.
        ...(issuers.length > 0 && { issuers: issuers.map(declaredIssuer) }),
        scopes: (await Array.fromAsync(server.items<Scope>('/scopes'))).map(declaredScope),
        apis: (await Array.fromAsync(server.items<Api>('/apis'))).map(declaredApi),
        integrations: await Array.fromAsync(server.items<Integration>('/integrations'), (integration) =>
          declaredIntegration(server, integration),
        ),
      }
      if (json === true) {
        showJson(terminal, document)
        return
      }
      // The YAML library is imported only here, because the other commands need no YAML.
      const { stringify } = await import('yaml')
      terminal.data(`${HEADER}${stringify(document).trimEnd()}`)
    })
}

const HEADER = `# latchkey apply -f <this file> makes a server like this. No secrets are in this file.
# To move a secret, give its integration the SHA-256: secret: sha256:<64 hexadecimal digits>
# keys and trust are all public keys and trust rules of an integration: apply ends every other one of it.
# issuers are all trusted issuers: apply needs an owner's key for them, and deletes every other one. Nothing else is deleted.
`

type DeclaredIntegration = NonNullable<Manifest['integrations']>[number]

const declaredIssuer = ({
  name,
  url,
  platform,
  keys,
  audience,
  algorithms,
  tls_ca,
  stale_seconds,
  enabled,
}: TrustedIssuer) => ({
  name,
  url,
  platform,
  keys,
  algorithms,
  audience,
  tls_ca,
  stale_seconds,
  enabled,
})

const declaredScope = ({ name, description, audience, audience_is_default }: Scope) => ({
  name,
  description,
  ...(!audience_is_default && { audience }),
})

const declaredApi = ({ name, scope, description, routes }: Api) => ({ name, scope, description, routes })

const declaredIntegration = async (server: AdminClient, integration: Integration) => ({
  name: integration.name,
  client_id: integration.client_id,
  description: integration.description,
  tags: integration.tags,
  scopes: integration.scopes,
  status: integration.status,
  issue_mode: integration.issue_mode,
  grace_seconds: integration.grace_seconds,
  conditional: integration.conditional,
  resource_server_for: integration.resource_server_for,
  allowed_addresses: integration.allowed_addresses,
  ...declaredSecret(integration),
  ...(await declaredCredentials(server, integration)),
})

/**
 * Returns the member that says whether the integration has a secret, without the text of the secret. Without this
 * member, `apply` would make a secret for a new integration that has neither keys nor rules.
 */
function declaredSecret({ authentication_methods: methods }: Integration): Pick<DeclaredIntegration, 'secret'> {
  if (!methods.includes('client_secret_basic')) return { secret: 'none' }
  return methods.includes('private_key_jwt') ? { secret: 'generated' } : {}
}

async function declaredCredentials(
  server: AdminClient,
  { id, authentication_methods: methods }: Integration,
): Promise<Required<Pick<DeclaredIntegration, 'keys' | 'jwks_uri' | 'trust'>>> {
  if (!methods.includes('private_key_jwt')) return { keys: [], trust: [], jwks_uri: null }
  const { items } = await server.get<List<Credential>>(at`/integrations/${id}/credentials`)
  const keys = items.flatMap((credential) => {
    if (credential.kind !== 'key' || credential.jwk === null) return []
    const { jwk, kid, alg, max_lifetime } = credential
    return [{ jwk: { ...jwk, kid, alg }, max_lifetime }]
  })
  const trust = items.flatMap((credential) => {
    if (credential.kind !== 'trust' || credential.status === 'ended') return []
    const { issuer, claims, reuse, max_lifetime, note } = credential
    return [{ issuer, claims, reuse, max_lifetime, ...(note !== null && { note }) }]
  })
  const [source = null] = items.flatMap((credential) => {
    if (credential.kind !== 'jwks_uri' || credential.status === 'ended') return []
    const { uri, algorithms, max_lifetime } = credential
    return [{ uri, algorithms, max_lifetime }]
  })
  return { keys, trust, jwks_uri: source }
}
