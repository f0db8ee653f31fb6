// The port that checks assertions with the keys of their trusted issuers.
import type { PlatformAssertion } from '@latchkey/protocol'
import type { IssuerSettings, TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { KeySourceState } from './key-source.ts'

/**
 * - `signed`: a key of the issuer signed the assertion.
 * - `unknown_key`: the issuer publishes no key that fits the `kid` and the algorithm of the assertion.
 * - `bad_signature`: the issuer's key did not sign the assertion.
 * - `full`: too many verifications wait, in total or from the network of this address.
 * - `unavailable`: the keys could not be fetched, so the server cannot decide. The client can retry after
 *   `retryAfterSeconds`.
 */
export type PlatformVerdict =
  | { readonly kind: 'signed' | 'unknown_key' | 'bad_signature' | 'full' }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }

export type MaterialFault =
  /** The server cannot use any of the inline keys. */
  | 'no_usable_key'
  /** `tlsCa` does not consist of certificates in PEM. */
  | 'tls_ca_unusable'

export interface TrustedIssuerKeys {
  /**
   * Returns the fault in the inline keys or in the certificate authorities of an issuer. Undefined if they have no
   * fault.
   */
  materialFault(settings: IssuerSettings): MaterialFault | undefined
  /** Checks the signature of a platform's assertion. Never rejects. */
  verify(issuer: TrustedIssuer, assertion: PlatformAssertion, address: string): Promise<PlatformVerdict>
  /** Returns the state of the issuer's key source in this process. */
  state(issuer: TrustedIssuer): KeySourceState
  /** Fetches the keys of the issuer now. Resolves with the state after the fetch. Never rejects. */
  refresh(issuer: TrustedIssuer): Promise<KeySourceState>
  /** Closes the key sources of all issuers and ends their fetches. */
  close(): void
}
