// The port for the keys of trusted issuers, and for the signatures that these keys verify.
import type { PlatformAssertion } from '@latchkey/protocol'
import type { IssuerSettings, TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { KeySourceState } from './key-source.ts'

/**
 * - `signed`: a key of the issuer signed the assertion.
 * - `unknown_key`: the issuer publishes no key with this `kid`, or none of its keys may have this algorithm.
 * - `bad_signature`: the issuer's key did not sign the assertion.
 * - `full`: too many verifications wait, of all addresses or of this one.
 * - `unavailable`: the keys could not be fetched, so the server cannot decide. Ask again after `retryAfterSeconds`.
 */
export type PlatformVerdict =
  | { readonly kind: 'signed' | 'unknown_key' | 'bad_signature' | 'full' }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }

export type MaterialFault =
  /** The server can use none of the inline keys. */
  | 'no_usable_key'
  /** The authorities are no certificates in PEM. */
  | 'tls_ca_unusable'

export interface TrustedIssuerKeys {
  /** Returns what is wrong with the inline keys or the authorities of an issuer. Undefined if nothing is. */
  materialFault(settings: IssuerSettings): MaterialFault | undefined
  /** Checks the signature of a platform's assertion. Never rejects. */
  verify(issuer: TrustedIssuer, assertion: PlatformAssertion, address: string): Promise<PlatformVerdict>
  /** Returns what this process knows of the issuer's keys. */
  state(issuer: TrustedIssuer): KeySourceState
  /** Fetches the keys now. Never rejects. */
  refresh(issuer: TrustedIssuer): Promise<KeySourceState>
  /** Ends all fetches. */
  close(): void
}
