// The metadata document of the authorization server (RFC 8414).
import { ASSERTION_ALGORITHMS } from './client-assertion.ts'

/** The members of the metadata document (RFC 8414 §2) that Latchkey serves. All URLs begin with the issuer. */
export interface AuthorizationServerMetadata {
  readonly issuer: string
  readonly token_endpoint: string
  readonly jwks_uri: string
  readonly introspection_endpoint: string
  readonly revocation_endpoint: string
  readonly response_types_supported: readonly []
  readonly grant_types_supported: readonly ['client_credentials']
  readonly token_endpoint_auth_methods_supported: readonly ClientAuthenticationMethod[]
  readonly token_endpoint_auth_signing_alg_values_supported: readonly string[]
  readonly introspection_endpoint_auth_methods_supported: readonly ClientAuthenticationMethod[]
  readonly introspection_endpoint_auth_signing_alg_values_supported: readonly string[]
  readonly revocation_endpoint_auth_methods_supported: readonly ClientAuthenticationMethod[]
  readonly revocation_endpoint_auth_signing_alg_values_supported: readonly string[]
  readonly request_uri_parameter_supported: false
  /**
   * True: the token endpoint supports the parameter `latchkey_replaces`. RFC 8414 §2 allows such additional members.
   */
  readonly latchkey_conditional_issuance_supported: true
  readonly scopes_supported?: readonly string[]
}

/**
 * How a client can authenticate: with its secret by HTTP Basic or in the form (RFC 6749 §2.3.1), or by an assertion that
 * it signs with its own key (RFC 7523 §2.2).
 */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

const CLIENT_AUTHENTICATION: readonly ClientAuthenticationMethod[] = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
]

/**
 * Makes the metadata document of an issuer (RFC 8414 §3.2). The document is the same under every well-known path.
 *
 * @param issuer `{public URL}/oauth2/{authServerId}`, without a slash at its end.
 * @param scopes the scopes that exist. An empty list is left out, as RFC 8414 §3.2 asks.
 *
 * @example
 * ```ts
 * import { authorizationServerMetadata } from '@latchkey/protocol'
 *
 * const { token_endpoint: endpoint } = authorizationServerMetadata('https://auth.example.com/oauth2/default', [])
 * console.log(endpoint) // https://auth.example.com/oauth2/default/v1/token
 * ```
 */
export const authorizationServerMetadata = (
  issuer: string,
  scopes: readonly string[],
): AuthorizationServerMetadata => ({
  issuer,
  token_endpoint: `${issuer}/v1/token`,
  jwks_uri: `${issuer}/v1/keys`,
  introspection_endpoint: `${issuer}/v1/introspect`,
  revocation_endpoint: `${issuer}/v1/revoke`,
  // RFC 8414 §2 requires this member. It is empty, because there is no authorization endpoint.
  response_types_supported: [],
  grant_types_supported: ['client_credentials'],
  token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
  token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
  introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
  introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
  revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
  revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
  // Must be present: by OpenID Connect Discovery §3 a missing value means true.
  request_uri_parameter_supported: false,
  latchkey_conditional_issuance_supported: true,
  ...(scopes.length > 0 && { scopes_supported: scopes }),
})
