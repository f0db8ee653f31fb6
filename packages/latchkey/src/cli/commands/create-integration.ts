// latchkey integrations create: creates an integration and shows its client secret.
import type { Command } from 'commander'
import type { CreatedIntegration, NewIntegration } from '../../http/contract/admin-api.ts'
import { adminClient } from '../admin-api/admin-client.ts'
import { collected, command, idempotencyKey } from '../command.ts'
import { pointOfTime } from '../durations.ts'
import { readPublicKey } from '../public-key.ts'
import { readInput } from '../read-input.ts'
import { quoted, showFacts, showJson, type Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { type IntegrationOptions, integrationMembers, withIntegrationOptions } from './integration-options.ts'

interface CreateOptions extends IntegrationOptions, Shown {
  readonly name: string
  readonly scope: readonly string[]
  readonly resourceServer?: true
  readonly importedSecretFile?: string
  readonly key?: string
  readonly secretExpires?: string
  readonly idempotencyKey?: string
}

export function addCreateIntegration(integrations: Command, terminal: Terminal): void {
  const examples = [
    "latchkey integrations create --name 'Billing sync' --scope machinelearning.predict",
    "latchkey integrations create --name 'Models API' --scope machinelearning.model --resource-server --json",
    "latchkey integrations create --name 'Batch' --scope machinelearning.predict --allow 10.0.0.0/8 --secret-expires 90d",
    "latchkey integrations create --name 'Batch' --scope machinelearning.predict --key client.pub.pem",
    "echo 'sha256:…' | latchkey integrations create --name 'Moved' --scope … --imported-secret-file -",
  ]
  const create = command(integrations, 'create', { does: 'make an integration and show its client secret', examples })
    .requiredOption('--name <name>', 'what the program is, for example "Billing sync"')
    .requiredOption('--scope <scope>', 'a scope it may have tokens for; repeat it for more', collected)
    .option('--resource-server', "let it introspect other integrations' tokens of all these scopes")
  withIntegrationOptions(create)
    .option('--imported-secret-file <file>', 'holds sha256:… of a secret that exists already; - is standard input')
    .option('--key <file>', 'holds its public key, as a JWK or as PEM; it then gets no secret')
    .option('--secret-expires <when>', 'when its secret ends: a time, or a duration from now such as 90d', pointOfTime)
    .option(
      '--idempotency-key <key>',
      'a repeated request with the same key shows what the first one made',
      idempotencyKey,
    )
    .action((options: CreateOptions) => createIntegration(options, terminal))
}

async function createIntegration(options: CreateOptions, terminal: Terminal): Promise<void> {
  const { scope: scopes, resourceServer, importedSecretFile, secretExpires, idempotencyKey: key, json } = options
  const server = adminClient(terminal.env)
  const body: NewIntegration = {
    ...integrationMembers(options),
    name: options.name,
    scopes,
    ...(resourceServer === true && { resource_server: true }),
    ...(options.key !== undefined && {
      credentials: [{ kind: 'key' as const, jwk: await readPublicKey(terminal, options.key) }],
    }),
    ...(secretExpires !== undefined && { secret_expires_at: secretExpires }),
    ...(importedSecretFile !== undefined && {
      imported_secret: await readImportedSecret(terminal, importedSecretFile),
    }),
  }
  const created = await server.post<CreatedIntegration, NewIntegration>('/integrations', body, key)
  if (json === true) {
    showJson(terminal, created)
    return
  }
  const isReplay = created.client_secret === undefined && importedSecretFile === undefined && options.key === undefined
  terminal.remark(`${isReplay ? 'There is already' : 'Created'} the integration ${quoted(created.name)}.\n`)
  showFacts(terminal, credentials(created))
  if (options.key !== undefined) terminal.remark(KEY_REMARK)
  else terminal.remark(remarkOn(created, importedSecretFile !== undefined))
}

const credentials = (created: CreatedIntegration): readonly (readonly [string, string])[] => [
  ['Client ID', created.client_id],
  ...(created.client_secret === undefined ? [] : [['Client secret', created.client_secret] as const]),
  ['Scopes', created.scopes.join(', ')],
  ...(created.resource_server_for.length > 0 ? [['Introspects', created.resource_server_for.join(', ')] as const] : []),
  ['ID', created.id],
]

const KEY_REMARK =
  '\nIt has no secret: its client signs an assertion for each request with the private key. See docs/http-api.md.'

function remarkOn({ client_secret }: CreatedIntegration, wasImported: boolean): string {
  if (client_secret !== undefined)
    return '\nStore the client secret now. The audit trail records each later look at it (latchkey secrets reveal).'
  if (wasImported) return '\nIts secret is the one whose hash you imported. The server cannot show it.'
  return '\nAn earlier request with this idempotency key made it, and showed its secret.'
}

/** Reads `sha256:` and 64 hexadecimal digits. The server checks their form. */
export const readImportedSecret = (terminal: Terminal, path: string): Promise<string> =>
  readInput(terminal, path, { what: 'sha256: and the hash of the secret in hexadecimal' })

/** Returns a command that creates an integration, which an operator can paste. */
export const createExample = (latchkey: string): string =>
  `${latchkey} integrations create --name 'Billing sync' --scope machinelearning.predict`
