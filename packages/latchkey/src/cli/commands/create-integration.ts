// latchkey integrations create: creates an integration. Shows its client secret, or an example for a client that has no
// secret.
import type { Command } from 'commander'
import type {
  CreatedIntegration,
  NewIntegration,
  NewKey,
  NewRule,
  ServerFacts,
  TrustedIssuer,
} from '../../http/contract/admin-api.ts'
import { type AdminClient, adminClient, at } from '../admin-api/admin-client.ts'
import { unusable } from '../cli-failure.ts'
import { type SnippetKind, snippetOf } from '../client-snippets.ts'
import { collected, command, idempotencyKey } from '../command.ts'
import { pointOfTime } from '../durations.ts'
import { readPublicKey } from '../public-key.ts'
import { readInput } from '../read-input.ts'
import { quoted, showFacts, showJson, type Shown } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { presetOfText, TRUST_FORMS } from '../trust-text.ts'
import { type IntegrationOptions, integrationMembers, withIntegrationOptions } from './integration-options.ts'

interface CreateOptions extends IntegrationOptions, Shown {
  readonly name: string
  readonly scope: readonly string[]
  readonly resourceServer?: true
  readonly importedSecretFile?: string
  readonly key?: string
  readonly trust?: string
  readonly issuer?: string
  readonly secretExpires?: string
  readonly idempotencyKey?: string
}

export function addCreateIntegration(integrations: Command, terminal: Terminal): void {
  const examples = [
    "latchkey integrations create --name 'Billing sync' --scope machinelearning.predict",
    "latchkey integrations create --name 'Models API' --scope machinelearning.model --resource-server --json",
    "latchkey integrations create --name 'Batch' --scope machinelearning.predict --allow 10.0.0.0/8 --secret-expires 90d",
    "latchkey integrations create --name 'Batch' --scope machinelearning.predict --key client.pub.pem",
    "latchkey integrations create --name 'Deploy' --scope machinelearning.predict --trust github:acme/deploy#12345@main",
    "echo 'sha256:…' | latchkey integrations create --name 'Moved' --scope … --imported-secret-file -",
  ]
  const create = command(integrations, 'create', { does: 'make an integration and show its client secret', examples })
    .requiredOption('--name <name>', 'what the program is, for example "Billing sync"')
    .requiredOption('--scope <scope>', 'a scope that it may request; repeat the option for more scopes', collected)
    .option('--resource-server', 'let it introspect the tokens of other integrations that have one of these scopes')
  withIntegrationOptions(create)
    .option(
      '--imported-secret-file <file>',
      'the file with the hash of an existing secret (sha256:…); - is standard input',
    )
    .option('--key <file>', 'the file with its public key, as a JWK or as PEM; it then gets no secret')
    .option('--trust <rule>', 'the workload of a platform that is this client (see below); it then gets no secret')
    .option('--issuer <issuer>', 'the trusted issuer of --trust; github and gitlab unless set')
    .option('--secret-expires <when>', 'the end of its secret: a time, or a duration from now such as 90d', pointOfTime)
    .option(
      '--idempotency-key <key>',
      'a repeated request with the same key shows the result of the first request',
      idempotencyKey,
    )
    .addHelpText('after', `\n--trust is ${TRUST_FORMS}`)
    .action((options: CreateOptions) => createIntegration(options, terminal))
}

async function createIntegration(options: CreateOptions, terminal: Terminal): Promise<void> {
  const { scope: scopes, resourceServer, importedSecretFile, secretExpires, idempotencyKey: key, json } = options
  const server = adminClient(terminal.env)
  const own = await ownCredentials(terminal, options)
  const body: NewIntegration = {
    ...integrationMembers(options),
    name: options.name,
    scopes,
    ...(resourceServer === true && { resource_server: true }),
    ...(own.length > 0 && { credentials: own.map(({ credential }) => credential) }),
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
  const isReplay = created.client_secret === undefined && importedSecretFile === undefined && own.length === 0
  terminal.remark(`${isReplay ? 'There is already' : 'Created'} the integration ${quoted(created.name)}.\n`)
  showFacts(terminal, credentials(created))
  if (own.length === 0) terminal.remark(remarkOn(created, importedSecretFile !== undefined))
  for (const credential of own) {
    const { for: what, text } = await snippet(server, created, credential)
    terminal.remark(`\nIt has no secret. These lines are for ${what}:\n`)
    terminal.data(text)
  }
}

interface OwnCredential {
  readonly kind: SnippetKind
  readonly credential: NewKey | NewRule
}

/**
 * Returns the public key and the trust rule of the options. Throws `CliFailure` if the key or the rule cannot be used.
 */
async function ownCredentials(
  terminal: Terminal,
  { key, trust, issuer }: CreateOptions,
): Promise<readonly OwnCredential[]> {
  const own: OwnCredential[] = []
  if (key !== undefined) {
    own.push({ kind: 'key', credential: { kind: 'key', jwk: await readPublicKey(terminal, key) } })
  }
  if (trust === undefined) {
    if (issuer !== undefined) throw unusable('--issuer belongs to --trust.')
    return own
  }
  const preset = presetOfText(trust)
  const trusted = issuer ?? preset.issuer
  if (trusted === undefined)
    throw unusable('Name the trusted issuer with --issuer. "latchkey issuers list" shows them.')
  own.push({ kind: preset.platform, credential: { kind: 'trust', issuer: trusted, claims: preset.claims } })
  return own
}

async function snippet(server: AdminClient, created: CreatedIntegration, { kind, credential }: OwnCredential) {
  const { issuer, token_endpoint: tokenEndpoint } = await server.get<ServerFacts>('/server')
  const audience =
    credential.kind === 'key' ? null : (await server.get<TrustedIssuer>(at`/issuers/${credential.issuer}`)).audience
  const keyId = credential.kind === 'key' ? credential.jwk['kid'] : undefined
  return snippetOf(kind, {
    ...{ tokenEndpoint, audience: audience ?? issuer, clientId: created.client_id, scope: created.scopes[0] ?? '' },
    keyId: typeof keyId === 'string' ? keyId : undefined,
  })
}

const credentials = (created: CreatedIntegration): readonly (readonly [string, string])[] => [
  ['Client ID', created.client_id],
  ...(created.client_secret === undefined ? [] : [['Client secret', created.client_secret] as const]),
  ['Scopes', created.scopes.join(', ')],
  ...(created.resource_server_for.length > 0 ? [['Introspects', created.resource_server_for.join(', ')] as const] : []),
  ['ID', created.id],
]

function remarkOn({ client_secret }: CreatedIntegration, wasImported: boolean): string {
  if (client_secret !== undefined)
    return '\nStore the client secret now. The audit trail records each later display of the secret (latchkey secrets reveal).'
  if (wasImported) return '\nIts secret is the one whose hash you imported. The server cannot show it.'
  return '\nAn earlier request with this idempotency key made the integration, and showed its secret.'
}

/** Reads the text `sha256:` and 64 hexadecimal digits. The server checks the form of the text. */
export const readImportedSecret = (terminal: Terminal, path: string): Promise<string> =>
  readInput(terminal, path, { what: 'sha256: and the hash of the secret in hexadecimal' })

/** Returns a command that an operator can paste to create an integration. */
export const createExample = (latchkey: string): string =>
  `${latchkey} integrations create --name 'Billing sync' --scope machinelearning.predict`
