// The metadata document of RFC 8414 describes exactly the served endpoints.

import { describe, expect, test } from 'vitest'
import { authorizationServerMetadata } from '../../src/metadata.ts'

const ISSUER = 'https://login.example/oauth2/ausao8uveaPmyhv0v357'

describe('the metadata document', () => {
  test('has exactly the endpoints of an issuer of client-credentials tokens', () => {
    const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
    const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
    expect(authorizationServerMetadata(ISSUER, ['machinelearning.model', 'machinelearning.predict'])).toEqual({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}/v1/token`,
      jwks_uri: `${ISSUER}/v1/keys`,
      introspection_endpoint: `${ISSUER}/v1/introspect`,
      revocation_endpoint: `${ISSUER}/v1/revoke`,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_signing_alg_values_supported: algorithms,
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: algorithms,
      request_uri_parameter_supported: false,
      latchkey_conditional_issuance_supported: true,
      scopes_supported: ['machinelearning.model', 'machinelearning.predict'],
    })
  })

  test('has no list of scopes if no scope exists', () => {
    expect(authorizationServerMetadata(ISSUER, [])).not.toHaveProperty('scopes_supported')
  })

  test('promises no part of OpenID Connect', () => {
    const members = Object.keys(authorizationServerMetadata(ISSUER, []))
    expect(members.filter((name) => /authorization|userinfo|id_token|subject_types|claims/.test(name))).toEqual([])
  })
})
