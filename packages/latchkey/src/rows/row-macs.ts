// Computes and checks the MACs of the rows on which access depends. An attacker who can write to the store, but does
// not have the master key, cannot forge a MAC.
import { formatAddressRange } from '../domain/address-ranges.ts'
import type { Credential } from '../domain/credential.ts'
import type { IntegrationState } from '../domain/integration.ts'
import type { Operator } from '../domain/operator.ts'
import type { Session } from '../domain/session.ts'
import type { Slot } from '../domain/slot.ts'
import type { SetUpLink } from '../domain/set-up-link.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { AdminKey } from '../domain/admin-key.ts'
import type { RowMac } from '../ports/row-seal.ts'
import type { TrustedIssuer } from '../domain/trusted-issuer.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { WriteOf } from './commands.ts'
import type { Row } from './disk.ts'
import { text, tokenValues } from './rows.ts'

/**
 * Thrown if the MAC of a row is missing or wrong. A server does not start with such a row. A running server answers
 * requests that need the row with 503.
 */
export class RowDamaged extends StoreUnavailable {
  constructor(kind: SealedKind | 'slot', name: string) {
    super(
      `The ${kind.replaceAll('_', ' ')} ${name} in the store is damaged, or was changed without Latchkey: its row does not have the right MAC. Latchkey changed nothing. Restore a backup, or restore the earlier content of the row.`,
    )
    this.name = 'RowDamaged'
  }
}

interface SealedValues {
  integration: IntegrationState
  operator: Operator
  session: Session
  set_up_link: SetUpLink
  admin_key: AdminKey
  signing_key: SigningKeyRecord
  trusted_issuer: TrustedIssuer
}

export type SealedKind = keyof SealedValues

/**
 * The values that a MAC covers: all values on which decisions depend. Names and last uses are not covered. These lists
 * are part of the store format. A change of a list would make all stored MACs wrong.
 */
const COVERED: { readonly [Kind in SealedKind]: (value: SealedValues[Kind]) => unknown } = {
  integration: ({ integration, slots }) => ({
    client_id: integration.clientId,
    enabled: integration.enabled,
    version: integration.version,
    secrets: integration.secrets.map(({ id, hash, endsAt }) => [id, hex(hash), endsAt ?? null]).toSorted(byFirst),
    // An integration without credentials has no such member, because older versions of Latchkey made their MACs without
    // it.
    ...(integration.credentials.length > 0 && { credentials: integration.credentials.map(coveredCredential) }),
    resource_server_for: integration.resourceServerFor,
    renew_before: integration.mode.kind === 'stable' ? integration.mode.renewBeforeSeconds : null,
    grace: integration.graceSeconds,
    // An integration that allows conditions has no such member, because older versions of Latchkey made their MACs
    // without it.
    ...(!integration.conditional && { conditional: false }),
    allowed_addresses: integration.allowedAddresses.map(formatAddressRange),
    scopes: slots.map(({ scope, granted, open }) => [scope, granted, open]).toSorted(byFirst),
  }),
  operator: ({ id, email, role, passwordHash, disabled }) => ({
    ...{ id, email, role, disabled },
    password_hash: passwordHash ?? null,
  }),
  session: ({ id, hash, operatorId, createdAt }) => ({
    ...{ id, hash: hex(hash) },
    operator_id: operatorId,
    created_at: createdAt,
  }),
  set_up_link: ({ hash, operatorId, expiresAt }) => ({
    hash: hex(hash),
    operator_id: operatorId ?? null,
    expires_at: expiresAt,
  }),
  admin_key: ({ id, role, hash, loopbackOnly, expiresAt, revokedAt }) => ({
    ...{ id, role, hash: hex(hash) },
    loopback_only: loopbackOnly,
    expires_at: expiresAt ?? null,
    revoked_at: revokedAt ?? null,
  }),
  // The MAC does not cover the public key, because `openSigningKey` compares the public key with the sealed private
  // key.
  signing_key: ({ kid, alg, status, createdAt, signsFrom, retiredAt, revokedAt, acceptedUntil }) => ({
    ...{ kid, alg, status },
    created_at: createdAt,
    signs_from: signsFrom,
    retired_at: retiredAt,
    revoked_at: revokedAt,
    accepted_until: acceptedUntil,
  }),
  trusted_issuer: ({ id, name, url, platform, keys, algorithms, enabled, version, ...others }) => ({
    ...{ id, name, url, platform, keys, algorithms, enabled, version },
    audience: others.audience ?? null,
    tls_ca: others.tlsCa ?? null,
    stale_seconds: others.staleSeconds,
  }),
}

function coveredCredential(credential: Credential): readonly unknown[] {
  const { kind, id, maxLifetimeSeconds, endsAt } = credential
  if (kind === 'key') {
    const { kid, alg, jwk } = credential
    return [id, kind, kid, alg, jwk && Object.entries(jwk).toSorted(byFirst), maxLifetimeSeconds, endsAt ?? null]
  }
  if (kind === 'jwks_uri') {
    const { uri, algorithms, hasEnded } = credential
    return [id, kind, uri, algorithms, hasEnded, maxLifetimeSeconds, endsAt ?? null]
  }
  const { issuerId, matchers, reuse, hasEnded } = credential
  const held = matchers.map((matcher) => Object.entries(matcher).toSorted(byFirst))
  return [id, kind, issuerId, held, reuse, hasEnded, maxLifetimeSeconds, endsAt ?? null]
}

type Seal = WriteOf<`seal_${SealedKind}`>

/** For each kind of value, a function that returns the command that writes the MAC into the row of the value. */
const SEALS: { readonly [Kind in SealedKind]: (mac: Uint8Array, value: SealedValues[Kind]) => Seal } = {
  integration: (mac, { integration }) => ['seal_integration', mac, integration.clientId],
  operator: (mac, { id }) => ['seal_operator', mac, id],
  session: (mac, { id }) => ['seal_session', mac, id],
  set_up_link: (mac, { hash }) => ['seal_set_up_link', mac, Buffer.from(hash, 'latin1')],
  admin_key: (mac, { id }) => ['seal_admin_key', mac, id],
  signing_key: (mac, { kid }) => ['seal_signing_key', mac, kid],
  trusted_issuer: (mac, { id }) => ['seal_trusted_issuer', mac, id],
}

/**
 * For each kind of value, a function that returns the name of the row for an error message. The hash of a set-up link
 * may appear in it, because the hash is not secret.
 */
const NAMES: { readonly [Kind in SealedKind]: (value: SealedValues[Kind]) => string } = {
  integration: ({ integration }) => integration.clientId,
  operator: ({ id }) => id,
  session: ({ id }) => id,
  set_up_link: ({ hash }) => hex(hash).slice(0, 16),
  admin_key: ({ id }) => id,
  signing_key: ({ kid }) => kid,
  trusted_issuer: ({ id }) => id,
}

const SLOT_MAC_DIGITS = 32

/**
 * Returns the values that the MAC of a slot covers. Their order is part of the store format, like the lists in
 * `COVERED`.
 */
const coveredColumns = (row: Row): readonly unknown[] => [
  row['id'],
  row['client_id'],
  row['scope'],
  row['generation'],
  row['issuances'],
  row['revoked_generation'],
  row['superseded_generation'],
  row['live_generation'],
  row['live_jti'],
  row['live_issued_at'],
  row['live_expires_at'],
  row['live_audience'],
  row['prev_generation'],
  row['prev_jti'],
  row['prev_issued_at'],
  row['prev_expires_at'],
  row['prev_audience'],
  row['prev_until'],
]

export class RowMacs {
  readonly #mac: RowMac

  constructor(mac: RowMac) {
    this.#mac = mac
  }

  /** Returns the MAC that the row of this value must have, in hexadecimal digits. */
  of<Kind extends SealedKind>(kind: Kind, value: SealedValues[Kind]): string {
    return this.#mac(`${kind}\n${JSON.stringify(COVERED[kind](value))}`)
  }

  /** Returns the write command that stores the MAC in the row. The row must exist when the command runs. */
  write<Kind extends SealedKind>(kind: Kind, value: SealedValues[Kind]): Seal {
    return SEALS[kind](ownBytes(this.of(kind, value)), value)
  }

  /** Returns true if `row` has the MAC of the value that was read from it. */
  fits<Kind extends SealedKind>(kind: Kind, value: SealedValues[Kind], row: Row): boolean {
    return isSameHex(macIn(row), this.of(kind, value))
  }

  /**
   * Returns the MAC of a slot in hexadecimal digits. Null if the slot has no token, because a forged row without tokens
   * is harmless.
   */
  ofSlot(clientId: string, slot: Slot): string | null {
    const { id, scope, generation, issuances, revokedGeneration, supersededGeneration, live, predecessor } = slot
    if (live === undefined && predecessor === undefined) return null
    const counts = [generation, issuances, revokedGeneration, supersededGeneration]
    const tokens = [...tokenValues(live), ...tokenValues(predecessor?.token), predecessor?.until ?? null]
    return this.#slotMac([id, clientId, scope, ...counts, ...tokens])
  }

  /** Returns the MAC that this row of a slot must have, in hexadecimal digits. Null if the row has no token. */
  ofSlotRow(row: Row): string | null {
    if (row['live_jti'] === null && row['prev_jti'] === null) return null
    return this.#slotMac(coveredColumns(row))
  }

  /** Checks the rows of slots. Throws `RowDamaged` if a row has a token, but a missing or wrong MAC. */
  checkSlots(rows: readonly Row[]): void {
    for (const row of rows) {
      const expected = this.ofSlotRow(row)
      if (expected === null || isSameHex(macIn(row), expected)) continue
      throw new RowDamaged('slot', `${text(row, 'client_id')} ${text(row, 'scope')}`)
    }
  }

  #slotMac(values: readonly unknown[]): string {
    return this.#mac(`slot\n${JSON.stringify(values)}`).slice(0, SLOT_MAC_DIGITS)
  }

  /** Returns the value that was read from `row`. Throws `RowDamaged` if the MAC of the row is missing or wrong. */
  checked<Kind extends SealedKind>(kind: Kind, value: SealedValues[Kind], row: Row): SealedValues[Kind] {
    if (!this.fits(kind, value, row)) throw new RowDamaged(kind, NAMES[kind](value))
    return value
  }
}

const hex = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('hex')

/** Returns the MAC in a row in hexadecimal digits. Returns an empty text if the row has no MAC. */
function macIn(row: Row): string {
  const found = row['mac']
  if (found instanceof Uint8Array) return Buffer.from(found.buffer, found.byteOffset, found.length).toString('hex')
  return typeof found === 'string' ? found : ''
}

/**
 * Returns true if the texts are equal, in a time that does not depend on their content. Works without buffers for
 * speed, because the start of a server compares up to several hundred thousand texts.
 */
function isSameHex(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < other.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}

/**
 * Returns the bytes in a memory block of their own, because a message to another thread copies the whole memory block
 * of a value.
 */
function ownBytes(digits: string): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(digits.length / 2)
  bytes.write(digits, 'hex')
  return bytes
}

const byFirst = (one: readonly unknown[], other: readonly unknown[]): number =>
  String(one[0]) < String(other[0]) ? -1 : 1
