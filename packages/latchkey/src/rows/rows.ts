// Converts between rows and domain values.
import { timingSafeEqual } from 'node:crypto'
import type { Scope } from '@latchkey/protocol'
import { type AddressRange, formatAddressRange, parseAddressRange } from '../domain/address-ranges.ts'
import type { ClientSecret, SecretOrigin } from '../domain/client-secret.ts'
import type { Credential } from '../domain/credential.ts'
import type { Integration, IntegrationProfile, IntegrationState } from '../domain/integration.ts'
import { type IssueMode, REPLACE } from '../domain/issue-mode.ts'
import type { EpochSeconds, RecordedToken, Slot } from '../domain/slot.ts'
import type { LastUse } from '../ports/integrations.ts'
import type { SecretRecord } from '../ports/secrets.ts'
import { readCredential } from './credential-rows.ts'
import type { DecisiveValues, SlotValues, TokenValues } from './commands.ts'
import type { Row, Write } from './disk.ts'

export const text = (row: Row, column: string): string => row[column] as string
export const number = (row: Row, column: string): number => row[column] as number
export const flag = (row: Row, column: string): boolean => row[column] === 1
export const bytes = (row: Row, column: string): Uint8Array => row[column] as Uint8Array

/**
 * Returns the bytes of a column as Latin-1 text. Also accepts hexadecimal digits, because some read commands return
 * bytes in this form.
 */
function latin1(row: Row, column: string): string {
  const value = row[column]
  return (typeof value === 'string' ? Buffer.from(value, 'hex') : Buffer.from(bytes(row, column))).toString('latin1')
}

/**
 * Returns true if both arguments contain the same bytes. The duration of the comparison does not depend on the bytes.
 */
export const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other)

const scopesToText = (scopes: readonly Scope[]): string => scopes.join(' ')
const textToScopes = (value: string): readonly Scope[] => (value === '' ? NO_SCOPES : (value.split(' ') as Scope[]))
const NO_SCOPES: readonly Scope[] = []

const renewBefore = (mode: IssueMode): number | null => (mode.kind === 'stable' ? mode.renewBeforeSeconds : null)

/** Returns a name in the form that searches compare: in lower case and in Unicode normalization form NFKC. */
export const folded = (name: string): string => name.normalize('NFKC').toLowerCase()

// Columns with addresses or tags separate them by line feeds, because neither an address nor a tag contains a line
// feed.
const linesToText = (lines: readonly string[]): string => lines.join('\n')
const textToLines = (value: string): readonly string[] => (value === '' ? NO_LINES : value.split('\n'))
const NO_LINES: readonly string[] = []

const rangesToText = (ranges: readonly AddressRange[]): string => linesToText(ranges.map(formatAddressRange))
const textToRanges = (value: string): readonly AddressRange[] =>
  value === '' ? NO_RANGES : value.split('\n').map(storedRange)
const NO_RANGES: readonly AddressRange[] = []

/**
 * Reads a range. Throws if the text is not a range: if the server ignored the text, the integration might accept
 * requests from every address.
 */
function storedRange(text: string): AddressRange {
  const range = parseAddressRange(text)
  if (range.ok) return range.value
  throw new Error(`The store is damaged: it contains ${JSON.stringify(text)} as an address range.`)
}

/**
 * Returns the values of the columns on which decisions depend, in the order in which the insert and update commands
 * need them.
 */
const decisive = (of: Integration): DecisiveValues => [
  Number(of.enabled),
  of.version,
  scopesToText(of.resourceServerFor),
  renewBefore(of.mode),
  of.graceSeconds,
  Number(of.conditional),
  rangesToText(of.allowedAddresses),
]

export function integrationInsert(profile: IntegrationProfile, of: Integration): Write {
  const { id, name, description, tags, createdAt } = profile
  const texts = [name, folded(name), description, linesToText(tags)] as const
  return ['insert_integration', id, of.clientId, ...texts, ...decisive(of), createdAt, createdAt]
}

export const integrationUpdate = (of: Integration, updatedAt: EpochSeconds): Write => [
  'update_integration',
  ...decisive(of),
  updatedAt,
  of.clientId,
]

export const profileUpdate = (
  clientId: string,
  { name, description, tags }: Pick<IntegrationProfile, 'name' | 'description' | 'tags'>,
): Write => ['update_profile', name, folded(name), description, linesToText(tags), clientId]

/** A new secret of an integration, with its encrypted copy. */
export interface AddedSecret {
  readonly secret: ClientSecret
  readonly sealed: Uint8Array | null
  readonly origin: SecretOrigin
}

export const secretInsert = (
  clientId: string,
  { secret, sealed, origin }: AddedSecret,
  createdAt: EpochSeconds,
): Write => [
  'insert_secret',
  secret.id,
  clientId,
  Buffer.from(secret.hash, 'latin1'),
  sealed,
  secret.endsAt ?? null,
  origin,
  createdAt,
]

export const secretUpdate = ({ id, hash, endsAt }: ClientSecret): Write => [
  'update_secret',
  endsAt ?? null,
  Buffer.from(hash, 'latin1'),
  id,
]

/** Returns the values of a token in the order in which the commands need them. */
export const tokenValues = (token: RecordedToken | undefined): TokenValues =>
  token === undefined
    ? [null, null, null, null, null]
    : [token.generation, token.jti, token.issuedAt, token.expiresAt, token.audience]

const slotValues = (slot: Slot): SlotValues => [
  Number(slot.granted),
  Number(slot.open),
  slot.generation,
  slot.issuances,
  slot.revokedGeneration,
  slot.supersededGeneration,
  ...tokenValues(slot.live),
  ...tokenValues(slot.predecessor?.token),
  slot.predecessor?.until ?? null,
  slot.id,
]

export const slotInsert = (clientId: string, slot: Slot, mac: string | null): Write => [
  'insert_slot',
  ...slotValues(slot),
  clientId,
  slot.scope,
  mac,
]

export const slotUpdate = (slot: Slot, mac: string | null): Write => ['update_slot', ...slotValues(slot), mac]

/**
 * Returns the write command for a slot if only its tokens changed. Returns a shorter command in the most frequent case:
 * an issuance that ends the previous token at once (without grace).
 */
export function tokensUpdate(slot: Slot, mac: string | null): Write {
  const { generation, issuances, revokedGeneration, supersededGeneration, live, predecessor, id } = slot
  const isUsual = live !== undefined && predecessor === undefined && live.generation === generation
  if (!isUsual) return slotUpdate(slot, mac)
  const { jti, issuedAt, expiresAt, audience } = live
  const counts = [generation, issuances, revokedGeneration, supersededGeneration] as const
  return ['supersede', ...counts, jti, issuedAt, expiresAt, audience, id, mac]
}

export const readProfile = (row: Row): IntegrationProfile => ({
  id: text(row, 'id'),
  name: text(row, 'name'),
  description: text(row, 'description'),
  tags: textToLines(text(row, 'tags')),
  createdAt: number(row, 'created_at'),
})

/** Returns the last use in a row. Undefined if the record was never used. */
export const readLastUse = (row: Row): LastUse | undefined =>
  row['last_used_at'] === 0
    ? undefined
    : {
        at: number(row, 'last_used_at'),
        address: text(row, 'last_used_address'),
        userAgent: text(row, 'last_used_agent'),
      }

export const readSecretRecord = (row: Row): SecretRecord => ({
  id: text(row, 'id'),
  endsAt: row['ends_at'] === null ? undefined : number(row, 'ends_at'),
  origin: text(row, 'origin') as SecretOrigin,
  createdAt: number(row, 'created_at'),
  isSealed: flag(row, 'is_sealed'),
  lastUse: readLastUse(row),
})

/** The rows of other tables that belong to an integration. */
export interface OwnRows {
  readonly secrets: readonly Row[]
  readonly credentials: readonly Row[]
  readonly slots: readonly Row[]
}

export const readState = (row: Row, { slots, ...own }: OwnRows, floor: number): IntegrationState => ({
  integration: readIntegrationRow(row, own),
  slots: slots.map((slot) => readSlot(slot, floor)),
})

export function readIntegrationRow(row: Row, { secrets, credentials }: Omit<OwnRows, 'slots'>): Integration {
  const renew = row['renew_before']
  return {
    clientId: text(row, 'client_id'),
    enabled: flag(row, 'enabled'),
    version: number(row, 'version'),
    secrets: secrets.map(readSecret),
    credentials: credentials.length === 0 ? NO_CREDENTIALS : credentials.map(readCredential),
    resourceServerFor: textToScopes(text(row, 'resource_server_for')),
    mode: typeof renew === 'number' ? { kind: 'stable', renewBeforeSeconds: renew } : REPLACE,
    graceSeconds: number(row, 'grace'),
    conditional: flag(row, 'conditional'),
    allowedAddresses: textToRanges(text(row, 'allowed_addresses')),
  }
}

const NO_CREDENTIALS: readonly Credential[] = []

const readSecret = (row: Row): ClientSecret => ({
  id: text(row, 'id'),
  hash: latin1(row, 'hash'),
  endsAt: row['ends_at'] === null ? undefined : number(row, 'ends_at'),
})

export function readSlot(row: Row, floor: number): Slot {
  const live = readToken(row, 'live')
  const previous = readToken(row, 'prev')
  // A restore raises the generation floor. Tokens with generations at or below the floor have ended, and new
  // generations begin above the floor.
  const hasEnded = live !== undefined && live.generation <= floor
  return {
    id: number(row, 'id'),
    scope: interned(text(row, 'scope')) as Scope,
    granted: flag(row, 'granted'),
    open: flag(row, 'open'),
    generation: Math.max(number(row, 'generation'), floor),
    issuances: number(row, 'issuances'),
    live: hasEnded ? undefined : live,
    predecessor: hasEnded || previous === undefined ? undefined : { token: previous, until: number(row, 'prev_until') },
    revokedGeneration: hasEnded ? live.generation : number(row, 'revoked_generation'),
    supersededGeneration: number(row, 'superseded_generation'),
    endedGeneration: 0,
  }
}

function readToken(row: Row, prefix: 'live' | 'prev'): RecordedToken | undefined {
  if (row[`${prefix}_jti`] === null) return undefined
  return {
    generation: number(row, `${prefix}_generation`),
    jti: text(row, `${prefix}_jti`),
    issuedAt: number(row, `${prefix}_issued_at`),
    expiresAt: number(row, `${prefix}_expires_at`),
    audience: interned(text(row, `${prefix}_audience`)),
  }
}

// Equal audiences and scopes share one string object to save memory, because very many rows contain the same few texts.
const known = new Map<string, string>()
function interned(value: string): string {
  const first = known.get(value)
  if (first !== undefined) return first
  known.set(value, value)
  return value
}
