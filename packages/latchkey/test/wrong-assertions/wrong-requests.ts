// Right assertions in the wrong place of a request.
import { PREDICT } from '../a-server.ts'
import { anAssertion, JWT_BEARER } from '../client-assertions.ts'
import { type Case, form } from './scene.ts'

export const TRANSPORT: readonly Case[] = [
  [
    'in the query',
    (scene) => ({
      query: `?${new URLSearchParams({ client_assertion_type: JWT_BEARER, client_assertion: anAssertion(scene) }).toString()}`,
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: PREDICT }),
    }),
  ],
  [
    'with Basic credentials',
    (scene) => ({ headers: { authorization: scene.integration.basic }, body: form(anAssertion(scene)) }),
  ],
  [
    'with a secret',
    (scene) => ({
      body: form(anAssertion(scene), {
        client_id: scene.clientId,
        client_secret: scene.integration.clientSecret.reveal(),
      }),
    }),
  ],
  ['twice', (scene) => ({ body: `${form(anAssertion(scene)).toString()}&client_assertion=${anAssertion(scene)}` })],
  [
    'without its type',
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
    (scene) => ({
      body: form(anAssertion(scene), {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
      }),
    }),
  ],
  [
    'with the type alone',
    () => ({ body: new URLSearchParams({ client_assertion_type: JWT_BEARER, grant_type: 'client_credentials' }) }),
  ],
  ['with an empty assertion', () => ({ body: form('') })],
  [
    'as JSON',
    (scene) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_assertion_type: JWT_BEARER, client_assertion: anAssertion(scene) }),
    }),
  ],
  [
    'as a Bearer token',
    (scene) => ({
      headers: { authorization: `Bearer ${anAssertion(scene)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: PREDICT }),
    }),
  ],
  [
    'under a name in capitals',
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
