// The port that reads the public key which an operator registers for an integration.
import type { Result } from '@latchkey/protocol'
import type { PublicJwk } from '../domain/credential.ts'

/** A public key that may sign client assertions. */
export interface GivenKey {
  /**
   * The key ID: 1 to 128 printable ASCII characters. If the JWK has no `kid`, the key ID is the thumbprint of the key
   * (RFC 7638).
   */
  readonly kid: string
  /** The only algorithm with which the server uses this key: one of `ASSERTION_ALGORITHMS`. */
  readonly alg: string
  readonly jwk: PublicJwk
}

export type ClientKeyFault =
  /**
   * The JWK has private members, so the private key is exposed. No log and no answer contains a part of the private
   * key.
   */
  'private_key' | 'key_type_unusable' | 'key_size_unusable' | 'key_use_unusable' | 'key_alg_unusable' | 'kid_unusable'

export interface ClientKeys {
  /** Reads a JWK (RFC 7517). Refuses a key that must not sign client assertions. */
  read(jwk: Readonly<Record<string, unknown>>): Result<GivenKey, ClientKeyFault>
  /** Returns the SHA-256 thumbprint of a key (RFC 7638). */
  thumbprint(jwk: PublicJwk): string
}
