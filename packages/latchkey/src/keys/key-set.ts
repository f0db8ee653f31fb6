// The opened signing keys of this process: the key that signs, the accepted keys, and the document of the JWKS endpoint.
import { hash } from 'node:crypto'
import { isAccepted, type PublicJwk, signingKeyOf } from '../domain/signing-key.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { OpenedKey } from './signing-keys.ts'

/** The JWK Set of RFC 7517 §5, as it is sent. */
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
 * The set reads no clock. A retired key is removed at the first `replace` after its end. Until then it verifies only
 * tokens that have expired.
 */
export class KeySet {
  #keys: Keys

  /** Throws unless exactly one key signs. */
  constructor(keys: readonly OpenedKey[], now: EpochSeconds) {
    this.#keys = arrange(keys, now)
  }

  /**
   * Replaces all keys at once. Throws and keeps the old keys unless exactly one key signs. A key that stays must keep its
   * `publicKey` object: the cache verifies a signature again if that object changed.
   */
  replace(keys: readonly OpenedKey[], now: EpochSeconds): void {
    this.#keys = arrange(keys, now)
  }

  /** The key that signs. */
  get current(): OpenedKey {
    return this.#keys.current
  }

  /** Returns the key with this `kid`. Undefined if its signatures are not accepted. */
  accepted(kid: string): OpenedKey | undefined {
    return this.#keys.byKid.get(kid)
  }

  /**
   * Returns the revoked key with this `kid`. With it the server can prove that a token was signed by a revoked key.
   * Undefined if there is none.
   */
  revoked(kid: string): OpenedKey | undefined {
    return this.#keys.revoked.get(kid)
  }

  /** The public keys: the key that signs, the next keys, then the retired keys that are still accepted. */
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
  if (current === undefined) throw new Error('no key is marked as signing; exactly one must be')
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

/** Orders the keys, so that the same keys make the same document on every replica. */
const byPlaceInDocument = ({ record: a }: OpenedKey, { record: b }: OpenedKey): number =>
  RANK[a.status] - RANK[b.status] || a.createdAt - b.createdAt || (a.kid < b.kid ? -1 : 1)
