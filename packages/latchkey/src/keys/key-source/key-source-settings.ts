// The settings of a key source: where its keys are, which keys are accepted, and the parts of the server that the
// source uses.
import type { AddressRange } from '../../domain/address-ranges.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeySourceEvents } from '../../ports/key-source.ts'
import type { Network } from './network.ts'
import type { Timers } from './timers.ts'

export type KeyLocation =
  /** The `jwks_uri` of `{issuer}/.well-known/openid-configuration`, whose `issuer` must be this text. */
  | { readonly source: 'discovery'; readonly issuer: string }
  | { readonly source: 'jwks_uri'; readonly uri: string }
  /** The keys themselves, as JWKs (RFC 7517). The server fetches nothing. */
  | { readonly source: 'inline'; readonly keys: readonly unknown[] }

export interface KeySourceSettings {
  readonly location: KeyLocation
  /** The algorithms that the keys may verify: of RS256, PS256, ES256, ES384 and EdDSA. */
  readonly algorithms: readonly string[]
  /** `jwt_svid` takes only keys with this `use`, as SPIFFE bundles have them. `signature` takes `sig` or none. */
  readonly keyUse: 'signature' | 'jwt_svid'
  /** The certificate authorities of the server with the keys, in PEM. Undefined: those that Node.js trusts. */
  readonly tlsCa: string | undefined
  /** How long keys stay in use after they are no longer fresh, in seconds, if they cannot be fetched again. */
  readonly staleSeconds: number
  /**
   * `wait`: a request with an unknown key waits for a fetch, and the keys of an unused source grow old. `never_wait`:
   * the source fetches its keys only in the background, from its opening on. A request never waits, because a wait
   * would reveal that the client exists.
   */
  readonly requests: 'wait' | 'never_wait'
}

export interface KeySourceParts {
  /** The networks beyond public addresses to which the server may connect: LATCHKEY_KEY_SOURCE_NETWORKS. */
  readonly networks: readonly AddressRange[]
  readonly clock: Clock
  readonly events: KeySourceEvents
  /** `systemNetwork`, except in tests. */
  readonly network: Network
  /** `systemTimers`, except in tests. */
  readonly timers: Timers
}
