// The credentials of a client: a secret, its own key, or an assertion of its platform.
import type { KeyObject } from 'node:crypto'
import type { Secret } from '@latchkey/protocol'

/**
 * The credentials that a client authenticates with, in exactly one of these forms.
 *
 * @example
 * ```ts
 * import type { ClientCredentials } from '@latchkey/credentials'
 *
 * const credentials: ClientCredentials = { privateKey: '/etc/billing/client.pem', keyId: 'billing-2027' }
 * console.log('privateKey' in credentials) // true
 * ```
 */
export type ClientCredentials =
  /** The client secret, sent by HTTP Basic (RFC 6749 §2.3.1). */
  | { readonly clientSecret: string | Secret }
  /**
   * The client's own key: the client signs a new assertion for each request (`private_key_jwt`, RFC 7523 §2.2).
   * `privateKey` is a key, or the path of a PEM file to which only its owner and its group have rights. An RSA key has
   * 2048, 3072 or 4096 bits. `keyId` is the key's ID at the server. Default: the thumbprint of the key (RFC 7638).
   * `algorithm` is needed only to sign with PS256 in place of RS256.
   */
  | {
      readonly privateKey: KeyObject | string
      readonly keyId?: string
      readonly algorithm?: 'RS256' | 'PS256' | 'ES256' | 'EdDSA'
    }
  /** A file with an assertion, such as a token that Kubernetes puts there. It is read again for each request. */
  | { readonly assertionFile: string }
  /** Returns an assertion for one request, such as a token that the platform of the program issues. */
  | { readonly assertion: () => string | Promise<string> }

/** The client, and the server at which it authenticates. */
export interface AuthenticatedSubject {
  /** The client identifier (RFC 6749 §2.2). */
  readonly clientId: string
  /** The issuer of the server, exactly as its metadata names it: the audience of the client's own assertions. */
  readonly audience: string
}

/**
 * Thrown if there is no assertion for a request: the file cannot be read, or the function failed. The message contains
 * no part of an assertion.
 *
 * @example
 * ```ts
 * import { AssertionUnavailable } from '@latchkey/credentials'
 *
 * const failure: unknown = new Error('another failure')
 * console.log(failure instanceof AssertionUnavailable) // false
 * ```
 */
export class AssertionUnavailable extends Error {
  /** @internal */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'AssertionUnavailable'
  }
}
