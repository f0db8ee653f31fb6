// Valid assertions in the wrong place of a request.
import { PREDICT } from '../a-server.ts'
import { anAssertion, JWT_BEARER } from '../client-assertions.ts'
import { type Case, form } from './scene.ts'

export const TRANSPORT: readonly Case[] = [
  [
    'in the query',
    'secret_in_uri',
    (scene) => ({
      query: `?${new URLSearchParams({ client_assertion_type: JWT_BEARER, client_assertion: anAssertion(scene) }).toString()}`,
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: PREDICT }),
    }),
  ],
  [
    'with Basic credentials',
    'two_authentication_methods',
    (scene) => ({ headers: { authorization: scene.integration.basic }, body: form(anAssertion(scene)) }),
  ],
  [
    'with Basic credentials under another spelling of the header',
    'two_authentication_methods',
    (scene) => ({ headers: { aUTHORIZATION: scene.integration.basic }, body: form(anAssertion(scene)) }),
  ],
  [
    'with Basic credentials under another spelling of the scheme',
    'two_authentication_methods',
    (scene) => ({
      headers: { AUTHORIZATION: scene.integration.basic.replace('Basic', 'bASIC') },
      body: form(anAssertion(scene)),
    }),
  ],
  [
    'with the client ID alone in a Basic header',
    'two_authentication_methods',
    (scene) => ({
      headers: { authorization: `Basic ${Buffer.from(`${scene.clientId}:`).toString('base64')}` },
      body: form(anAssertion(scene)),
    }),
  ],
  [
    'with a secret',
    'two_authentication_methods',
    (scene) => ({
      body: form(anAssertion(scene), {
        client_id: scene.clientId,
        client_secret: scene.integration.clientSecret.reveal(),
      }),
    }),
  ],
  [
    'twice',
    'parameter_repeated',
    (scene) => ({ body: `${form(anAssertion(scene)).toString()}&client_assertion=${anAssertion(scene)}` }),
  ],
  [
    'with its type in the form and in the query',
    'parameter_repeated',
    (scene) => ({
      query: `?${new URLSearchParams({ client_assertion_type: JWT_BEARER }).toString()}`,
      body: form(anAssertion(scene)),
    }),
  ],
  [
    'without its type',
    'assertion_type_missing',
    (scene) => ({
      body: new URLSearchParams({
        client_assertion: anAssertion(scene),
        grant_type: 'client_credentials',
        scope: PREDICT,
      }),
    }),
  ],
  [
    'with the type of SAML',
    'assertion_type_unknown',
    (scene) => ({
      body: form(anAssertion(scene), {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
      }),
    }),
  ],
  [
    'with its type in capitals',
    'assertion_type_unknown',
    (scene) => ({ body: form(anAssertion(scene), { client_assertion_type: JWT_BEARER.toUpperCase() }) }),
  ],
  [
    'with the type alone',
    'assertion_missing',
    () => ({ body: new URLSearchParams({ client_assertion_type: JWT_BEARER, grant_type: 'client_credentials' }) }),
  ],
  ['with an empty assertion', 'assertion_missing', () => ({ body: form('') })],
  [
    'as JSON',
    'content_type_unsupported',
    (scene) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_assertion_type: JWT_BEARER, client_assertion: anAssertion(scene) }),
    }),
  ],
  [
    'as a Bearer token',
    'other_scheme',
    (scene) => ({
      headers: { authorization: `Bearer ${anAssertion(scene)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: PREDICT }),
    }),
  ],
  [
    'under a name in capitals',
    'assertion_missing',
    (scene) => ({
      body: new URLSearchParams({
        CLIENT_ASSERTION: anAssertion(scene),
        client_assertion_type: JWT_BEARER,
        grant_type: 'client_credentials',
        scope: PREDICT,
      }),
    }),
  ],
]
