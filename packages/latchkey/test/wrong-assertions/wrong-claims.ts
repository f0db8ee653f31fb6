// Signed assertions with wrong times, audiences, issuers and subjects. The clock of the server stands still, so each time
// is exactly one second beyond its limit.
import { anAssertion } from '../client-assertions.ts'
import { type Case, form, type Make, payloadText, withClaims } from './scene.ts'

const CLAIMS = 'assertion_claims_unusable'
const LIFETIME = 'assertion_lifetime'
const EXPIRED = 'assertion_expired'
const NOT_YET = 'assertion_not_yet'

export const TIME: readonly Case[] = [
  ['no exp', CLAIMS, withClaims({ exp: undefined })],
  ['exp as a text', CLAIMS, withClaims(({ now }) => ({ exp: String(now + 60) }))],
  ['exp with a fraction', CLAIMS, withClaims(({ now }) => ({ exp: now + 60.5 }))],
  ['exp in milliseconds', LIFETIME, withClaims(({ now }) => ({ exp: now * 1000 }))],
  ['exp 1e308', CLAIMS, payloadText((claims) => claims.replace(/"exp":\d+/, '"exp":1e308'))],
  ['exp null', CLAIMS, withClaims({ exp: null })],
  ['expired for 30 seconds', EXPIRED, withClaims(({ now }) => ({ iat: now - 90, exp: now - 30 }))],
  ['expired for 31 seconds', EXPIRED, withClaims(({ now }) => ({ iat: now - 91, exp: now - 31 }))],
  ['a lifetime of 301 seconds', LIFETIME, withClaims(({ now }) => ({ iat: now, exp: now + 301 }))],
  ['a lifetime of 301 seconds, almost over', LIFETIME, withClaims(({ now }) => ({ iat: now - 300, exp: now + 1 }))],
  ['a lifetime of 24 hours', LIFETIME, withClaims(({ now }) => ({ iat: now, exp: now + 86_400 }))],
  ['without iat, an exp in 331 seconds', LIFETIME, withClaims(({ now }) => ({ iat: undefined, exp: now + 331 }))],
  ['iat 31 seconds ahead', NOT_YET, withClaims(({ now }) => ({ iat: now + 31, exp: now + 91 }))],
  ['nbf 31 seconds ahead', NOT_YET, withClaims(({ now }) => ({ nbf: now + 31, exp: now + 60 }))],
  ['iat as a text', CLAIMS, withClaims(({ now }) => ({ iat: String(now) }))],
  ['exp at iat', CLAIMS, withClaims(({ now }) => ({ iat: now, exp: now }))],
  ['exp before iat', CLAIMS, withClaims(({ now }) => ({ iat: now + 20, exp: now + 10 }))],
]

const audience = (of: (issuer: string) => unknown): Make => withClaims(({ issuer }) => ({ aud: of(issuer) }))

export const AUDIENCE: readonly Case[] = (
  [
    ['no aud', withClaims({ aud: undefined })],
    ['the token endpoint', audience((issuer) => `${issuer}/v1/token`)],
    ['a slash behind the issuer', audience((issuer) => `${issuer}/`)],
    ['the host in capitals', audience((issuer) => issuer.replace('localhost', 'LOCALHOST'))],
    ['the host with a dot at its end', audience((issuer) => issuer.replace('localhost', 'localhost.'))],
    ['the scheme in capitals', audience((issuer) => issuer.replace('http://', 'HTTP://'))],
    ['https in place of http', audience((issuer) => issuer.replace('http://', 'https://'))],
    ['the issuer without its port', audience((issuer) => issuer.replace(/:\d+\//, '/'))],
    ['another server id', audience((issuer) => issuer.replace(/\/oauth2\/.*/, '/oauth2/another'))],
    ['the server id in capitals', audience((issuer) => issuer.replace(/[^/]*$/, (id) => id.toUpperCase()))],
    ['the admin address', ({ server, ...scene }) => anAssertion({ ...scene }, { aud: server.adminUrl })],
    ['an array of the issuer', audience((issuer) => [issuer])],
    ['an array of the issuer and another', audience((issuer) => [issuer, 'https://attacker.example'])],
    ['the beginning of the issuer', audience((issuer) => issuer.slice(0, -1))],
    ['a space behind the issuer', audience((issuer) => `${issuer} `)],
    ['an empty array', audience(() => [])],
    ['an empty text', audience(() => '')],
    ['an object', audience((issuer) => ({ 0: issuer }))],
  ] satisfies [string, Make][]
).map(([name, make]) => [name, 'assertion_audience', make])

export const ISSUER_AND_SUBJECT: readonly Case[] = [
  ['iss of another client', CLAIMS, withClaims({ iss: 'lkanotherclient0' })],
  ['sub of another client', CLAIMS, withClaims({ sub: 'lkanotherclient0' })],
  ['no iss', CLAIMS, withClaims({ iss: undefined })],
  ['no sub', CLAIMS, withClaims({ sub: undefined })],
  [
    'iss and sub of a client that does not exist',
    'unknown_client',
    withClaims({ iss: 'lkanotherclient0', sub: 'lkanotherclient0' }),
  ],
  [
    'iss and sub with a space',
    'unknown_issuer',
    withClaims(({ clientId }) => ({ iss: `${clientId} `, sub: `${clientId} ` })),
  ],
  [
    'iss and sub in capitals',
    'unknown_issuer',
    withClaims(({ clientId }) => ({ iss: clientId.toUpperCase(), sub: clientId.toUpperCase() })),
  ],
  ['the issuer of this server as iss', 'unknown_issuer', withClaims(({ issuer }) => ({ iss: issuer, sub: issuer }))],
  [
    'an issuer that no operator registered',
    'unknown_issuer',
    withClaims({ iss: 'https://token.actions.githubusercontent.com', sub: 'repo:a/b' }),
  ],
  ['iss as an array', CLAIMS, withClaims(({ clientId }) => ({ iss: [clientId], sub: [clientId] }))],
  ['empty iss and sub', CLAIMS, withClaims({ iss: '', sub: '' })],
  ['no jti', CLAIMS, withClaims({ jti: undefined })],
  ['an empty jti', CLAIMS, withClaims({ jti: '' })],
  ['a jti that is a number', CLAIMS, withClaims({ jti: 5 })],
  ['a jti of 256 bytes', CLAIMS, withClaims({ jti: 'j'.repeat(256) })],
  [
    'another client_id in the form',
    'client_id_mismatch',
    (scene) => ({ body: form(anAssertion(scene), { client_id: 'lkanotherclient0' }) }),
  ],
]
