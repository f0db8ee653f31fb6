// latchkey credentials: lists, adds and ends the keys, key URLs and trust rules of an integration.
import { matcherText } from '@latchkey/protocol'
import type { Command } from 'commander'
import type {
  Credential,
  CredentialEnd,
  KeyCredential,
  KeySource,
  List,
  NewKey,
  NewKeySource,
} from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import {
  collected,
  command,
  destructive,
  group,
  idempotencyKey,
  INTEGRATION_ARGUMENT,
  listCommand,
  type Options,
} from '../command.ts'
import { confirm } from '../confirm.ts'
import { duration } from '../durations.ts'
import { given } from '../given.ts'
import { readPublicKey } from '../public-key.ts'
import { identityColumns, safetyOf, useColumns } from '../safe-to-retire.ts'
import { showDone, showJson, type Shown } from '../show.ts'
import { type Column, showTable, type TableOptions, timeColumn } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'

export function addCredentials(latchkey: Command, terminal: Terminal): void {
  const credentials = group(latchkey, 'credentials', 'the keys and trust rules by which clients authenticate')
  addList(credentials, terminal)
  addAddKey(credentials, terminal)
  addAddJwksUri(credentials, terminal)
  addEnd(credentials, terminal)
}

function addList(credentials: Command, terminal: Terminal): void {
  const text = {
    does: 'show its keys and trust rules, their last uses, and which of them are safe to end',
    examples: ['latchkey credentials list lk0123456789abcd'],
  }
  listCommand(credentials, 'list', text)
    .argument(...INTEGRATION_ARGUMENT)
    .action(async (which: string, { json, wide }: Shown & TableOptions) => {
      const { items } = await credentialsOf(which, terminal)
      if (json === true) showJson(terminal, { items })
      else showTable(terminal, items, { columns: COLUMNS, wide })
    })
}

/** Returns the key ID and algorithm of a key, the URL of a jwks_uri, or the issuer and claims of a trust rule. */
function whatOf(credential: Credential): string {
  switch (credential.kind) {
    case 'key':
      return `${credential.kid} ${credential.alg}`
    case 'jwks_uri':
      return credential.uri
    case 'trust':
      return `${credential.issuer}: ${credential.claims.map(matcherText).join('; ')}`
  }
}

const COLUMNS: readonly Column<Credential>[] = [
  ...identityColumns,
  { heading: 'KIND', value: ({ kind }) => kind, narrow: 'kept' },
  { heading: 'WHAT', value: whatOf, narrow: 'cut' },
  { ...timeColumn<Credential>('CREATED', ({ created_at }) => created_at), isWide: true },
  ...useColumns,
]

const credentialsOf = (which: string, terminal: Terminal) =>
  adminClient(terminal.env).get<List<Credential>>(at`/integrations/${which}/credentials`)

interface AddKeyOptions extends Shown {
  readonly jwk: string
  readonly maxLifetime?: number
  readonly idempotencyKey?: string
}

function addAddKey(credentials: Command, terminal: Terminal): void {
  const text = {
    does: 'register a public key; the client then signs an assertion for each request with the private key',
    examples: [
      'latchkey credentials add-key lk0123456789abcd --jwk client.pub.pem',
      'latchkey credentials add-key lk0123456789abcd --jwk client.jwk.json --max-lifetime 60s --json',
    ],
  }
  command(credentials, 'add-key', text)
    .argument(...INTEGRATION_ARGUMENT)
    .requiredOption('--jwk <file>', 'the file with the public key, as a JWK or as PEM; - is standard input')
    .option('--max-lifetime <duration>', 'how long an assertion may live, from 60s to 1h; 5m unless set', duration)
    .option(
      '--idempotency-key <key>',
      'a repeated request with the same key shows the result of the first request',
      idempotencyKey,
    )
    .action(async (which: string, { jwk, maxLifetime, idempotencyKey: key, json }: AddKeyOptions) => {
      const body: NewKey = {
        kind: 'key',
        jwk: await readPublicKey(terminal, jwk),
        ...(maxLifetime !== undefined && { max_lifetime: maxLifetime }),
      }
      const added = await adminClient(terminal.env).post<KeyCredential, NewKey>(
        at`/integrations/${which}/credentials`,
        body,
        key,
      )
      showDone(terminal, json === true ? { json } : {}, {
        document: added,
        said: `The integration has the ${added.alg} key ${printable(added.kid)} (${added.id}). Its secrets still work: end them when "latchkey secrets list" says that it is safe.`,
      })
    })
}

interface AddJwksUriOptions extends Shown {
  readonly algorithm?: NewKeySource['algorithms']
  readonly maxLifetime?: number
  readonly idempotencyKey?: string
}

function addAddJwksUri(credentials: Command, terminal: Terminal): void {
  const text = {
    does: 'let the server fetch the public keys of the client, which has no other keys then',
    examples: ['latchkey credentials add-jwks-uri lk0123456789abcd https://billing.example.com/jwks.json'],
  }
  command(credentials, 'add-jwks-uri', text)
    .argument(...INTEGRATION_ARGUMENT)
    .argument('<url>', 'the https URL of its JWK set')
    .option('--algorithm <alg>', 'an algorithm that the client signs with; all four unless set; repeat it', collected)
    .option('--max-lifetime <duration>', 'how long an assertion may live, from 60s to 1h; 5m unless set', duration)
    .option(
      '--idempotency-key <key>',
      'a repeated request with the same key shows what the first one made',
      idempotencyKey,
    )
    .action(async (which: string, uri: string, options: AddJwksUriOptions) => {
      const { algorithm: algorithms, maxLifetime, idempotencyKey: key } = options
      const body: NewKeySource = { kind: 'jwks_uri', uri, ...given({ algorithms, max_lifetime: maxLifetime }) }
      const path = at`/integrations/${which}/credentials`
      const added = await adminClient(terminal.env).post<KeySource, NewKeySource>(path, body, key)
      showDone(terminal, options, { document: added, said: saidOf(added) })
    })
}

function saidOf({ id, key_state: state }: KeySource): string {
  const fault = state?.last_error ?? null
  const keys = state?.kids.map(printable).join(', ') ?? ''
  const found =
    fault === null
      ? `It publishes ${keys === '' ? 'no usable key with an ID' : keys}.`
      : `The keys could not be fetched (${fault}). The server tries again and again; until then the client gets 503.`
  return `The server fetches the keys of the integration (${printable(id)}). ${found}`
}

function addEnd(credentials: Command, terminal: Terminal): void {
  const text = {
    does: 'end a key, a jwks_uri or a trust rule now; live tokens stay unless you end them too',
    examples: [
      'latchkey credentials end lk0123456789abcd key_…',
      'latchkey credentials end lk0123456789abcd key_… --revoke-tokens --yes --json',
    ],
  }
  destructive(credentials, 'end', text)
    .argument(...INTEGRATION_ARGUMENT)
    .argument('<credential>', 'the id (key_…, src_… or tru_…), as "latchkey credentials list" shows it')
    .option('--revoke-tokens', 'also end its live tokens')
    .action(async (which: string, id: string, options: Options & { readonly revokeTokens?: true }) => {
      const safety = safetyOf((await credentialsOf(which, terminal)).items, id)
      const tokens = options.revokeTokens === true ? ' Its live tokens end too.' : ''
      await confirm(
        terminal,
        options,
        `This ends ${printable(id)} now: programs that authenticate with it get no more tokens.${tokens}${safety}`,
      )
      const ended = await adminClient(terminal.env).post<Credential, CredentialEnd>(
        at`/integrations/${which}/credentials/${id}/end`,
        { revoke_tokens: options.revokeTokens === true },
      )
      showDone(terminal, options, {
        document: ended,
        said: `Ended ${printable(ended.id)}. ${options.revokeTokens === true ? 'Its live tokens ended too.' : 'Live tokens stay live.'}`,
      })
    })
}
