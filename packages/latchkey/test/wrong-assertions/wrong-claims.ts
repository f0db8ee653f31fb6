// Signed assertions with wrong times, audiences, issuers and subjects.
import { anAssertion } from '../client-assertions.ts'
import { type Case, form, payloadText, withClaims } from './scene.ts'

export const TIME: readonly Case[] = [
  ['no exp', withClaims({ exp: undefined })],
  ['exp as a text', withClaims(({ now }) => ({ exp: String(now + 60) }))],
  ['exp with a fraction', withClaims(({ now }) => ({ exp: now + 60.5 }))],
  ['exp in milliseconds', withClaims(({ now }) => ({ exp: now * 1000 }))],
  ['exp 1e308', payloadText((claims) => claims.replace(/"exp":\d+/, '"exp":1e308'))],
  ['exp null', withClaims({ exp: null })],
  ['expired for 40 seconds', withClaims(({ now }) => ({ iat: now - 100, exp: now - 40 }))],
  ['a lifetime of 301 seconds', withClaims(({ now }) => ({ iat: now, exp: now + 301 }))],
  ['a lifetime of 24 hours', withClaims(({ now }) => ({ iat: now, exp: now + 86_400 }))],
  ['without iat, an exp too far away', withClaims(({ now }) => ({ iat: undefined, exp: now + 400 }))],
  ['iat 40 seconds ahead', withClaims(({ now }) => ({ iat: now + 40, exp: now + 100 }))],
  ['nbf 40 seconds ahead', withClaims(({ now }) => ({ nbf: now + 40, exp: now + 60 }))],
  ['iat as a text', withClaims(({ now }) => ({ iat: String(now) }))],
  ['exp at iat', withClaims(({ now }) => ({ iat: now, exp: now }))],
  ['exp before iat', withClaims(({ now }) => ({ iat: now + 20, exp: now + 10 }))],
]

const withAudience = (aud: (issuer: string) => unknown): Case[1] => withClaims(({ issuer }) => ({ aud: aud(issuer) }))

export const AUDIENCE: readonly Case[] = [
  ['no aud', withClaims({ aud: undefined })],
  ['the token endpoint', withAudience((issuer) => `${issuer}/v1/token`)],
  ['a slash behind the issuer', withAudience((issuer) => `${issuer}/`)],
  ['the host in capitals', withAudience((issuer) => issuer.replace('http://', 'HTTP://'))],
  ['another server id', withAudience((issuer) => issuer.replace(/\/oauth2\/.*/, '/oauth2/another'))],
  ['the admin address', ({ server, ...scene }) => anAssertion({ ...scene }, { aud: server.adminUrl })],
  ['an array of the issuer', withAudience((issuer) => [issuer])],
  ['an array of the issuer and another', withAudience((issuer) => [issuer, 'https://attacker.example'])],
  ['the beginning of the issuer', withAudience((issuer) => issuer.slice(0, -1))],
  ['an empty array', withAudience(() => [])],
  ['an empty text', withAudience(() => '')],
  ['an object', withAudience((issuer) => ({ 0: issuer }))],
]

export const ISSUER_AND_SUBJECT: readonly Case[] = [
  ['iss of another client', withClaims({ iss: 'lkanotherclient0' })],
  ['sub of another client', withClaims({ sub: 'lkanotherclient0' })],
  ['no iss', withClaims({ iss: undefined })],
  ['no sub', withClaims({ sub: undefined })],
  ['iss and sub of a client that does not exist', withClaims({ iss: 'lkanotherclient0', sub: 'lkanotherclient0' })],
  ['iss and sub with a space', withClaims(({ clientId }) => ({ iss: `${clientId} `, sub: `${clientId} ` }))],
  [
    'iss and sub in capitals',
    withClaims(({ clientId }) => ({ iss: clientId.toUpperCase(), sub: clientId.toUpperCase() })),
  ],
  ['the issuer of this server as iss', withClaims(({ issuer }) => ({ iss: issuer, sub: issuer }))],
  [
    'an issuer that nobody registered',
    withClaims({ iss: 'https://token.actions.githubusercontent.com', sub: 'repo:a/b' }),
  ],
  ['iss as an array', withClaims(({ clientId }) => ({ iss: [clientId], sub: [clientId] }))],
  ['empty iss and sub', withClaims({ iss: '', sub: '' })],
  ['no jti', withClaims({ jti: undefined })],
  ['an empty jti', withClaims({ jti: '' })],
  ['a jti that is a number', withClaims({ jti: 5 })],
  ['a jti of 256 bytes', withClaims({ jti: 'j'.repeat(256) })],
  ['another client_id in the form', (scene) => ({ body: form(anAssertion(scene), { client_id: 'lkanotherclient0' }) })],
]
