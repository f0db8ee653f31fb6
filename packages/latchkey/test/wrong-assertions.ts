// Wrong client assertions, in groups. Each must get nothing.
import { createPublicKey, sign } from 'node:crypto'
import { PREDICT, type TestIntegration, type TestServer } from './a-server.ts'
import {
  anAssertion,
  aClientKey,
  assertionForm,
  base64url,
  claimsOf,
  headerOf,
  JWT_BEARER,
  type Json,
  type Sender,
  signatureOf,
  signedTexts,
  signedWithHmac,
  type TestKey,
} from './client-assertions.ts'

/** An integration with keys, and the server. */
export interface Scene extends Sender {
  /** A second valid key of the integration, with RS256. */
  readonly rsa: TestKey
  readonly endedKey: TestKey
  /** A key of another integration. */
  readonly othersKey: TestKey
  readonly server: TestServer
  readonly integration: TestIntegration
  /** The live token of the integration, which every refusal must leave alone. */
  readonly live: string
  readonly now: number
}

/** A wrong assertion, or a request with a right one in the wrong place. */
export type Case = readonly [name: string, request: (scene: Scene) => Request | string]

export interface Request {
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | URLSearchParams
}

const withClaims =
  (claims: Json | ((scene: Scene) => Json)) =>
  (scene: Scene): string =>
    anAssertion(scene, typeof claims === 'function' ? claims(scene) : claims)
const withHeader =
  (header: Json) =>
  (scene: Scene): string =>
    anAssertion(scene, {}, header)
const rs256 = ({ rsa, ...scene }: Scene): Sender => ({ ...scene, key: rsa })
/** The three parts of an assertion. */
export const cut = (assertion: string): [string, string, string] => assertion.split('.') as [string, string, string]
const withSignature = (scene: Scene, signature: Buffer): string => {
  const [header, payload] = cut(anAssertion(scene))
  return `${header}.${payload}.${signature.toString('base64url')}`
}
const derOf = (scene: Scene): string => {
  const [header, payload] = cut(anAssertion(scene))
  const input = Buffer.from(`${header}.${payload}`)
  return `${header}.${payload}.${sign('sha256', input, scene.key.privateKey).toString('base64url')}`
}
const publicPem = ({ rsa }: Scene): string =>
  createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'pem' }).toString()
const hmac = (secret: (scene: Scene) => string | Buffer) => (scene: Scene) =>
  signedWithHmac({ ...headerOf(rs256(scene)) }, claimsOf(scene), secret(scene))
/** The order of the curve P-256. */
export const ORDER = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
const HALF = Buffer.alloc(32, 1)
const payloadText = (text: (claims: string) => string) => (scene: Scene) =>
  signedTexts(JSON.stringify(headerOf(scene)), text(JSON.stringify(claimsOf(scene))), scene.key)

const SIGNATURE_AND_KEY: readonly Case[] = [
  [
    'alg none without signature',
    (scene) =>
      `${cut(anAssertion(scene, {}, { alg: 'none' }))
        .slice(0, 2)
        .join('.')}.`,
  ],
  ['alg none with a signature', withHeader({ alg: 'none' })],
  ['alg None', withHeader({ alg: 'None' })],
  ['alg nOnE', withHeader({ alg: 'nOnE' })],
  ['no alg', withHeader({ alg: undefined })],
  ['an empty signature', (scene) => `${cut(anAssertion(scene)).slice(0, 2).join('.')}.`],
  ['a signature that was cut', (scene) => withSignature(scene, Buffer.alloc(63, 7))],
  ['HS256 under the public key as PEM', hmac(publicPem)],
  [
    'HS256 under the public key as DER',
    hmac(({ rsa }) => createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'der' })),
  ],
  ['HS256 under the JWK', hmac(({ rsa }) => JSON.stringify(rsa.jwk))],
  ['HS256 under the modulus', hmac(({ rsa }) => Buffer.from(String(rsa.jwk['n']), 'base64url'))],
  ['an RS256 key with PS256 in the header', (scene) => anAssertion({ ...scene, key: { ...scene.rsa, alg: 'PS256' } })],
  ['an RS256 signature with PS256 in the header', (scene) => anAssertion(rs256(scene), {}, { alg: 'PS256' })],
  ['an RS256 key with ES256 in the header', (scene) => anAssertion(rs256(scene), {}, { alg: 'ES256' })],
  ['ES512 in the header', withHeader({ alg: 'ES512' })],
  ['RS512 in the header', (scene) => anAssertion(rs256(scene), {}, { alg: 'RS512' })],
  ['ES256 in DER form', derOf],
  ['a signature of zeros', (scene) => withSignature(scene, Buffer.alloc(64))],
  ['r = 0', (scene) => withSignature(scene, Buffer.concat([Buffer.alloc(32), HALF]))],
  ['s = 0', (scene) => withSignature(scene, Buffer.concat([HALF, Buffer.alloc(32)]))],
  ['r = n', (scene) => withSignature(scene, Buffer.concat([ORDER, HALF]))],
  ['s = n', (scene) => withSignature(scene, Buffer.concat([HALF, ORDER]))],
  [
    'an RSA signature above every modulus',
    (scene) => {
      const [header, payload] = cut(anAssertion(rs256(scene)))
      return `${header}.${payload}.${Buffer.alloc(256, 0xff).toString('base64url')}`
    },
  ],
  ["another integration's key", (scene) => anAssertion({ ...scene, key: scene.othersKey })],
  [
    "another integration's key under a kid of this one",
    (scene) => anAssertion({ ...scene, key: scene.othersKey }, {}, { kid: scene.key.kid }),
  ],
  ['an ended key', (scene) => anAssertion({ ...scene, key: scene.endedKey })],
  ['an ended key without kid', (scene) => anAssertion({ ...scene, key: scene.endedKey }, {}, { kid: undefined })],
  ['a key that nobody registered', (scene) => anAssertion({ ...scene, key: aClientKey('ES256') })],
  ['a kid that nobody registered', withHeader({ kid: 'unknown' })],
  ['a kid that is a path', withHeader({ kid: '../../etc/passwd' })],
  ['the kid __proto__', withHeader({ kid: '__proto__' })],
  ['a kid of 5 KiB', withHeader({ kid: 'k'.repeat(5120) })],
  ['a kid that is a number', withHeader({ kid: 7 })],
  ['an empty kid', withHeader({ kid: '' })],
  [
    'its own key in the header (jwk)',
    (scene) => {
      const attacker = aClientKey('ES256')
      return anAssertion({ ...scene, key: attacker }, {}, { kid: scene.key.kid, jwk: attacker.jwk })
    },
  ],
  ['a URL of keys in the header (jku)', withHeader({ jku: 'https://attacker.example/keys' })],
  ['a certificate URL in the header (x5u)', withHeader({ x5u: 'https://attacker.example/cert' })],
  ['a certificate in the header (x5c)', withHeader({ x5c: ['MIIB'] })],
  ['crit', withHeader({ crit: ['exp'], exp: 1 })],
  ['b64: false', withHeader({ b64: false, crit: ['b64'] })],
  ['b64: false without crit', withHeader({ b64: false })],
  ['zip', withHeader({ zip: 'DEF' })],
  ['a JWE header', withHeader({ alg: 'RSA-OAEP', enc: 'A256GCM' })],
  ['five segments', (scene) => `${anAssertion(scene)}.AAAA.AAAA`],
  [
    'a nested JWT',
    (scene) => signedTexts(JSON.stringify({ ...headerOf(scene), cty: 'JWT' }), anAssertion(scene), scene.key),
  ],
]

const TEXT_AND_TYPE: readonly Case[] = [
  ['two segments', (scene) => cut(anAssertion(scene)).slice(0, 2).join('.')],
  ['four segments', (scene) => `${anAssertion(scene)}.AAAA`],
  ['no segments', () => 'assertion'],
  ['a space in front', (scene) => ` ${anAssertion(scene)}`],
  ['a line break at the end', (scene) => `${anAssertion(scene)}\n`],
  ['padding', (scene) => anAssertion(scene).replace('.', '=.')],
  [
    'base64 in place of base64url',
    (scene) => {
      const [header, , signature] = cut(anAssertion(scene))
      return `${header}.${Buffer.from('{"iss":"\u00ff\u00fe?>"}').toString('base64')}+/.${signature}`
    },
  ],
  [
    'stray bits in the last character',
    (scene) => {
      const assertion = anAssertion(scene)
      const last = assertion.at(-1) ?? ''
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      return assertion.slice(0, -1) + alphabet.charAt(alphabet.indexOf(last) | 1)
    },
  ],
  [
    'invalid UTF-8 in the claims',
    (scene) => {
      const input = `${base64url(JSON.stringify(headerOf(scene)))}.${base64url(Buffer.from('7b22ff223a317d', 'hex'))}`
      return `${input}.${signatureOf(input, scene.key).toString('base64url')}`
    },
  ],
  ['claims that are an array', payloadText((claims) => `[${claims}]`)],
  ['claims that are null', payloadText(() => 'null')],
  ['claims that are a text', payloadText(() => '"claims"')],
  ['a header that is an array', (scene) => signedTexts('[]', JSON.stringify(claimsOf(scene)), scene.key)],
  ['iss twice', payloadText((claims) => claims.replace('{', '{"iss":"lkattacker123456",'))],
  ['aud twice', payloadText((claims) => claims.replace('{', '{"aud":"https://attacker.example",'))],
  ['exp twice', payloadText((claims) => claims.replace('{', '{"exp":4102444800,'))],
  [
    'alg twice',
    (scene) =>
      signedTexts(
        JSON.stringify(headerOf(scene)).replace('{', '{"alg":"none",'),
        JSON.stringify(claimsOf(scene)),
        scene.key,
      ),
  ],
  ['8,193 characters', (scene) => anAssertion(scene, { pad: 'p'.repeat(6000) }).padEnd(8193, 'A')],
  ['typ at+jwt', withHeader({ typ: 'at+jwt' })],
  ['typ application/at+jwt', withHeader({ typ: 'application/at+jwt' })],
  ['typ dpop+jwt', withHeader({ typ: 'dpop+jwt' })],
  ['typ logout+jwt', withHeader({ typ: 'logout+jwt' })],
  ['an empty typ', withHeader({ typ: '' })],
  ['its own access token', ({ live }) => live],
]

const TIME: readonly Case[] = [
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

const AUDIENCE: readonly Case[] = [
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

const ISSUER_AND_SUBJECT: readonly Case[] = [
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

/** The form of a token request with this assertion. */
export const form = (assertion: string, more: Readonly<Record<string, string>> = {}): URLSearchParams =>
  assertionForm(assertion, { grant_type: 'client_credentials', scope: PREDICT, ...more })

const TRANSPORT: readonly Case[] = [
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

export const GROUPS: readonly (readonly [string, readonly Case[]])[] = [
  ['signature and key', SIGNATURE_AND_KEY],
  ['text and type', TEXT_AND_TYPE],
  ['time', TIME],
  ['audience', AUDIENCE],
  ['issuer and subject', ISSUER_AND_SUBJECT],
  ['transport', TRANSPORT],
]
