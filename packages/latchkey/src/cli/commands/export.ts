// latchkey export: writes scopes, APIs and integrations as a file that latchkey apply reads. The file never contains a
// secret.
import type { Command } from 'commander'
import type { Api, Integration, Manifest, Scope } from '../../http/contract/admin-api.ts'
import { adminClient } from '../admin-api/admin-client.ts'
import { command } from '../command.ts'
import { showJson, type Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'

export function addExport(latchkey: Command, terminal: Terminal): void {
  command(latchkey, 'export', {
    does: 'write scopes, APIs and integrations as latchkey apply reads them; no secrets',
    examples: ['latchkey export > latchkey.yaml', 'latchkey export --json'],
  })
    .summary('write a manifest; no secrets are in it')
    .action(async ({ json }: Shown) => {
      const server = adminClient(terminal.env)
      const document: Manifest = {
        scopes: (await Array.fromAsync(server.items<Scope>('/scopes'))).map(declaredScope),
        apis: (await Array.fromAsync(server.items<Api>('/apis'))).map(declaredApi),
        integrations: (await Array.fromAsync(server.items<Integration>('/integrations'))).map(declaredIntegration),
      }
      if (json === true) {
        showJson(terminal, document)
        return
      }
      // Imported only here, because the other commands need no YAML.
      const { stringify } = await import('yaml')
      terminal.data(`${HEADER}${stringify(document).trimEnd()}`)
    })
}

const HEADER = `# latchkey apply -f <this file> makes a server like this. It deletes nothing, and no secrets are in this file.
# To move a secret, give its integration the SHA-256: secret: sha256:<64 hexadecimal digits>
`

const declaredScope = ({ name, description, audience, audience_is_default }: Scope) => ({
  name,
  description,
  ...(!audience_is_default && { audience }),
})

const declaredApi = ({ name, scope, description, routes }: Api) => ({ name, scope, description, routes })

const declaredIntegration = (integration: Integration) => ({
  name: integration.name,
  client_id: integration.client_id,
  description: integration.description,
  tags: integration.tags,
  scopes: integration.scopes,
  status: integration.status,
  issue_mode: integration.issue_mode,
  grace_seconds: integration.grace_seconds,
  resource_server_for: integration.resource_server_for,
  allowed_addresses: integration.allowed_addresses,
})
