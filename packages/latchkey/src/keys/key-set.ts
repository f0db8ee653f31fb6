// The decrypted signing keys of this process: the key that signs tokens, all keys whose signatures are accepted, and
// the document of the JWKS endpoint.
import { hash } from 'node:crypto'
import { isAccepted, type PublicJwk, signingKeyOf } from '../domain/signing-key.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { OpenedKey } from './signing-keys.ts'

/** The JWK Set (RFC 7517 §5) in the form in which the server sends it. */
export interface JwksDocument {
  readonly text: string
  /** A strong entity tag with its quotes: the same tag means the same bytes. */
  readonly etag: string
}

interface Keys {
  readonly current: OpenedKey
  readonly byKid: ReadonlyMap<string, OpenedKey>
  readonly revoked: ReadonlyMap<string, OpenedKey>
  readonly jwks: { readonly keys: readonly PublicJwk[] }
  readonly document: JwksDocument
}

/**
 * The signing keys of this process. The set reads no clock, so a retired key stays until the next `replace`, even after
 * its last token has expired. This delay is harmless, because every token that the key signed has expired by then.
 */
export class KeySet {
  #keys: Keys

  /** Throws unless exactly one key has the status `signing`. */
  constructor(keys: readonly OpenedKey[], now: EpochSeconds) {
    this.#keys = arrange(keys, now)
  }

  /**
   * Replaces all keys at once. Throws and keeps the old keys unless exactly one new key has the status `signing`. A key
   * that stays in the set must keep its `publicKey` object, because the signature cache ignores entries with another
   * object.
   */
  replace(keys: readonly OpenedKey[], now: EpochSeconds): void {
    this.#keys = arrange(keys, now)
  }

  /** The key that signs new tokens. */
  get current(): OpenedKey {
    return this.#keys.current
  }

  /** Returns the key with this `kid`. Undefined if the server does not accept signatures of such a key. */
  accepted(kid: string): OpenedKey | undefined {
    return this.#keys.byKid.get(kid)
  }

  /**
   * Returns the revoked key with this `kid`, so that the server can tell a token of a revoked key from a forged token.
   * Undefined if no revoked key has this `kid`.
   */
  revoked(kid: string): OpenedKey | undefined {
    return this.#keys.revoked.get(kid)
  }

  /**
   * Returns the public keys in this order: the key that signs, the next keys, and the retired keys that are still
   * accepted.
   */
  jwks(): { readonly keys: readonly PublicJwk[] } {
    return this.#keys.jwks
  }

  document(): JwksDocument {
    return this.#keys.document
  }
}

function arrange(keys: readonly OpenedKey[], now: EpochSeconds): Keys {
  const signing = signingKeyOf(keys.map((key) => key.record))
  const current = keys.find((key) => key.record === signing)
  if (current === undefined) throw new Error('no signing key has the status "signing"; exactly one key must have it')
  const accepted = keys.filter((key) => isAccepted(key.record, now)).toSorted(byPlaceInDocument)
  const jwks = { keys: accepted.map((key) => key.record.publicJwk) }
  const text = JSON.stringify(jwks)
  return {
    current,
    byKid: byKid(accepted),
    revoked: byKid(keys.filter((key) => key.record.status === 'revoked')),
    jwks,
    document: { text, etag: `"${hash('sha256', text, 'base64url')}"` },
  }
}

const byKid = (keys: readonly OpenedKey[]) => new Map(keys.map((key) => [key.record.kid, key]))

const RANK = { signing: 0, next: 1, retired: 2, revoked: 3 }

/** Orders the keys, so that every replica makes the same document from the same keys. */
const byPlaceInDocument = ({ record: a }: OpenedKey, { record: b }: OpenedKey): number =>
  RANK[a.status] - RANK[b.status] || a.createdAt - b.createdAt || (a.kid < b.kid ? -1 : 1)
