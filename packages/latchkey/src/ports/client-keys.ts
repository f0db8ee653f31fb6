// The port that reads the public key which an operator registers for an integration.
import type { Result } from '@latchkey/protocol'
import type { PublicJwk } from '../domain/credential.ts'

/** A public key that may sign client assertions. */
export interface GivenKey {
  /** 1 to 128 printable ASCII characters. The thumbprint (RFC 7638) unless the request names another. */
  readonly kid: string
  /** The one algorithm of this key: one of `ASSERTION_ALGORITHMS`. */
  readonly alg: string
  readonly jwk: PublicJwk
}

export type ClientKeyFault =
  /** The key is no secret any more. No part of it is logged or answered. */
  'private_key' | 'key_type_unusable' | 'key_size_unusable' | 'key_use_unusable' | 'key_alg_unusable' | 'kid_unusable'

export interface ClientKeys {
  /** Reads a JWK (RFC 7517). */
  read(jwk: Readonly<Record<string, unknown>>): Result<GivenKey, ClientKeyFault>
  /** Returns the thumbprint of a key (RFC 7638), with SHA-256. */
  thumbprint(jwk: PublicJwk): string
}
