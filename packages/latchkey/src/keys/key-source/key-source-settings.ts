// The settings of a key source (where its keys are and which keys are accepted), and the parts of the server that the
// source uses.
import type { AddressRange } from '../../domain/address-ranges.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeySourceEvents } from '../../ports/key-source.ts'
import type { Network } from './network.ts'
import type { Timers } from './timers.ts'

export type KeyLocation =
  /**
   * The keys are at the `jwks_uri` that `{issuer}/.well-known/openid-configuration` names. The `issuer` in that
   * document must equal this `issuer`.
   */
  | { readonly source: 'discovery'; readonly issuer: string }
  | { readonly source: 'jwks_uri'; readonly uri: string }
  /** The keys themselves, as JWKs (RFC 7517). The server fetches nothing. */
  | { readonly source: 'inline'; readonly keys: readonly unknown[] }

export interface KeySourceSettings {
  readonly location: KeyLocation
  /** The algorithms that assertions may use: some of RS256, PS256, ES256, ES384 and EdDSA. */
  readonly algorithms: readonly string[]
  /**
   * The `use` that a key must have. `jwt_svid`: only `jwt-svid`, which SPIFFE bundles contain. `signature`: `sig`, or
   * no `use` at all.
   */
  readonly keyUse: 'signature' | 'jwt_svid'
  /**
   * The certificate authorities, in PEM, for the TLS connection to the source. Undefined for the authorities that
   * Node.js trusts.
   */
  readonly tlsCa: string | undefined
  /** How many seconds the keys stay in use after they are no longer fresh, if each new fetch fails. */
  readonly staleSeconds: number
  /**
   * `wait`: a request with an unknown key waits for a fetch, and the server stops fetching the keys of an unused
   * source. `never_wait`: the server fetches the keys only in the background, beginning when the source is opened. A
   * request never waits, because a wait would reveal that the client exists.
   */
  readonly requests: 'wait' | 'never_wait'
}

export interface KeySourceParts {
  /** The networks to which the server may connect in addition to public addresses (LATCHKEY_KEY_SOURCE_NETWORKS). */
  readonly networks: readonly AddressRange[]
  readonly clock: Clock
  readonly events: KeySourceEvents
  /** The network for lookups and connections: `systemNetwork`, except in tests. */
  readonly network: Network
  /** The timers for deadlines and background fetches: `systemTimers`, except in tests. */
  readonly timers: Timers
}
