// latchkey issuers: lists, shows, creates, refreshes, enables, disables and deletes trusted issuers.
import type { Command } from 'commander'
import type { IssuerPatch, KeyState, List, NewIssuer, TrustedIssuer } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { unusable } from '../cli-failure.ts'
import { collected, command, destructive, group, listCommand, oneOf, type Options } from '../command.ts'
import { confirm } from '../confirm.ts'
import { duration } from '../durations.ts'
import { readInput } from '../read-input.ts'
import { readJsonArray } from '../read-json.ts'
import { orDash, quoted, showDone, showFacts, showJson, type Shown } from '../show.ts'
import { type Column, showTable, type TableOptions, timeColumn } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'

const ISSUER = ['<issuer>', 'its name or its id (iss_…)'] as const

const PLATFORMS: readonly NewIssuer['platform'][] = ['kubernetes', 'github', 'gitlab', 'spiffe', 'oidc']

/** The URLs of platforms that have one public issuer. */
const PUBLIC_ISSUERS: Readonly<Record<string, string>> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
}

export function addIssuers(latchkey: Command, terminal: Terminal): void {
  const issuers = group(latchkey, 'issuers', 'the platforms whose tokens may authenticate clients')
  addList(issuers, terminal)
  addShow(issuers, terminal)
  addCreate(issuers, terminal)
  addRefresh(issuers, terminal)
  addSwitch(issuers, terminal, { name: 'enable', does: 'accept the assertions of an issuer again', enabled: true })
  addSwitch(issuers, terminal, { name: 'disable', does: 'accept no assertions of an issuer', enabled: false })
  addDelete(issuers, terminal)
}

function addList(issuers: Command, terminal: Terminal): void {
  listCommand(issuers, 'list', { does: 'show the trusted issuers', examples: ['latchkey issuers list'] }).action(
    async ({ json, wide }: Shown & TableOptions) => {
      const { items } = await adminClient(terminal.env).get<List<TrustedIssuer>>('/issuers')
      if (json === true) showJson(terminal, { items })
      else showTable(terminal, items, { columns: COLUMNS, wide })
    },
  )
}

const COLUMNS: readonly Column<TrustedIssuer>[] = [
  { heading: 'NAME', value: ({ name }) => name, narrow: 'kept' },
  { heading: 'PLATFORM', value: ({ platform }) => platform, narrow: 'kept' },
  {
    heading: 'STATUS',
    value: ({ enabled }) => (enabled ? 'enabled' : 'disabled'),
    colour: ({ enabled }) => (enabled ? 'green' : 'gray'),
  },
  { heading: 'URL', value: ({ url }) => url, narrow: 'cut' },
  { heading: 'LAST ERROR', value: ({ key_state }) => orDash(key_state.last_error), narrow: 'cut' },
  { ...timeColumn<TrustedIssuer>('CREATED', ({ created_at }) => created_at), isWide: true },
  { heading: 'ID', value: ({ id }) => id, isWide: true },
]

function addShow(issuers: Command, terminal: Terminal): void {
  command(issuers, 'show', { does: 'show one trusted issuer and its keys', examples: ['latchkey issuers show github'] })
    .alias('get')
    .argument(...ISSUER)
    .action(async (which: string, { json }: Shown) => {
      const issuer = await adminClient(terminal.env).get<TrustedIssuer>(at`/issuers/${which}`)
      if (json === true) showJson(terminal, issuer)
      else showFacts(terminal, factsOf(issuer))
    })
}

const factsOf = (issuer: TrustedIssuer): readonly (readonly [string, string])[] => [
  ['Name', issuer.name],
  ['URL', issuer.url],
  ['Platform', issuer.platform],
  ['Status', issuer.enabled ? 'enabled' : 'disabled'],
  ['Audience', issuer.audience ?? 'the issuer of this server'],
  ['Algorithms', issuer.algorithms.join(', ')],
  ['Keys from', issuer.keys.source === 'jwks_uri' ? issuer.keys.uri : issuer.keys.source],
  ...keyFacts(issuer.key_state),
  ['Integrations', String(issuer.used_by.integrations)],
  ['Trust rules', String(issuer.used_by.trust_rules)],
  ['ID', issuer.id],
]

const keyFacts = (state: KeyState): readonly (readonly [string, string])[] => [
  ['Keys', state.kids.length === 0 ? 'none yet' : state.kids.join(', ')],
  ['Fetched', orDash(state.fetched_at)],
  ['Fresh until', orDash(state.fresh_until)],
  ['Last error', orDash(state.last_error)],
]

interface CreateOptions extends Shown {
  readonly platform: NewIssuer['platform']
  readonly url?: string
  readonly jwksUri?: string
  readonly jwks?: string
  readonly audience?: string
  readonly algorithm?: NewIssuer['algorithms']
  readonly ca?: string
  readonly stale?: number
}

function addCreate(issuers: Command, terminal: Terminal): void {
  const text = {
    does: 'trust an issuer; its assertions authenticate a client only by a trust rule',
    examples: [
      'latchkey issuers create github --platform github',
      'latchkey issuers create prod-cluster --platform kubernetes --url https://oidc.example.com/prod --ca ca.pem',
      'latchkey issuers create mesh --platform spiffe --url spiffe://example.org --jwks bundle.json',
    ],
  }
  command(issuers, 'create', text)
    .argument('<name>', 'what trust rules call it: a-z, 0-9 and -')
    .addOption(oneOf('--platform <platform>', 'what kind of platform it is', PLATFORMS).makeOptionMandatory())
    .option('--url <url>', 'the exact iss of its tokens; needed except for github.com and gitlab.com')
    .option('--jwks-uri <url>', 'where its keys are; from its discovery document unless set')
    .option('--jwks <file>', 'its keys themselves, as a JWK set; the server then fetches nothing')
    .option('--audience <text>', 'the aud of its tokens; the issuer of this server unless set')
    .option('--algorithm <alg>', 'an algorithm that it signs with; RS256 and ES256 unless set; repeat it', collected)
    .option('--ca <file>', 'the certificates of the authority of its HTTPS server, in PEM')
    .option('--stale <duration>', 'how long its keys stay in use if they cannot be fetched; 1h unless set', duration)
    .action(async (name: string, options: CreateOptions) => {
      const body: NewIssuer = {
        ...{ name, platform: options.platform, url: urlOf(options) },
        ...(await keysOf(terminal, options)),
        ...(options.audience !== undefined && { audience: options.audience }),
        ...(options.algorithm !== undefined && { algorithms: options.algorithm }),
        ...(options.ca !== undefined && { tls_ca: await readInput(terminal, options.ca, { what: 'certificates' }) }),
        ...(options.stale !== undefined && { stale_seconds: options.stale }),
      }
      const issuer = await adminClient(terminal.env).post<TrustedIssuer, NewIssuer>('/issuers', body)
      showDone(terminal, options, {
        document: issuer,
        said: `The server trusts ${quoted(issuer.name)} (${printable(issuer.id)}). Add a trust rule to an integration: latchkey trust add.`,
      })
    })
}

function urlOf({ platform, url }: CreateOptions): string {
  const found = url ?? PUBLIC_ISSUERS[platform]
  if (found === undefined) throw unusable(`Give the URL of the issuer with --url: the iss of its tokens.`)
  return found
}

async function keysOf(terminal: Terminal, { jwksUri, jwks }: CreateOptions): Promise<Pick<NewIssuer, 'keys'>> {
  if (jwksUri !== undefined && jwks !== undefined) throw unusable('Give --jwks-uri or --jwks, not both.')
  if (jwksUri !== undefined) return { keys: { source: 'jwks_uri', uri: jwksUri } }
  if (jwks === undefined) return {}
  const what = 'a JWK set: a JSON object with the member "keys"'
  return {
    keys: { source: 'inline', keys: await readJsonArray<JwkMembers>(terminal, jwks, { what, arrayIn: keysOfSet }) },
  }
}

type JwkMembers = Readonly<Record<string, unknown>>

/** A key set has the member `keys` (RFC 7517 §5). */
const keysOfSet = (document: unknown): unknown => (document as { readonly keys?: unknown } | null)?.keys

function addRefresh(issuers: Command, terminal: Terminal): void {
  const text = { does: 'fetch the keys of an issuer now', examples: ['latchkey issuers refresh github'] }
  command(issuers, 'refresh', text)
    .argument(...ISSUER)
    .action(async (which: string, { json }: Shown) => {
      const state = await adminClient(terminal.env).post<KeyState, undefined>(at`/issuers/${which}/refresh`, undefined)
      if (json === true) showJson(terminal, state)
      else showFacts(terminal, keyFacts(state))
    })
}

function addSwitch(
  issuers: Command,
  terminal: Terminal,
  { name, does, enabled }: { readonly name: string; readonly does: string; readonly enabled: boolean },
): void {
  command(issuers, name, { does, examples: [`latchkey issuers ${name} github`] })
    .argument(...ISSUER)
    .action(async (which: string, options: Shown) => {
      const issuer = await adminClient(terminal.env).change<TrustedIssuer, IssuerPatch>(at`/issuers/${which}`, () => ({
        enabled,
      }))
      const effect = enabled
        ? 'Its assertions authenticate clients again.'
        : 'Its assertions authenticate no client. Live tokens stay live.'
      showDone(terminal, options, { document: issuer, said: `${quoted(issuer.name)} is ${name}d. ${effect}` })
    })
}

function addDelete(issuers: Command, terminal: Terminal): void {
  const text = { does: 'delete an issuer that no trust rule names', examples: ['latchkey issuers delete github --yes'] }
  destructive(issuers, 'delete', text)
    .argument(...ISSUER)
    .action(async (which: string, options: Options) => {
      await confirm(terminal, options, `This deletes the trusted issuer ${quoted(which)}.`)
      await adminClient(terminal.env).remove(at`/issuers/${which}`)
      showDone(terminal, options, {
        document: { deleted: which },
        said: `Deleted the trusted issuer ${quoted(which)}.`,
      })
    })
}
