// Platform assertions with a wrong signature, key, text or type.
import { createPublicKey } from 'node:crypto'
import { podClaims } from '../a-platform.ts'
import { aClientKey, signed, signedTexts, signedWithHmac } from '../client-assertions.ts'
import { pod, type PlatformCase, type PlatformScene, withClient } from './platform-scene.ts'
import { cut } from './scene.ts'

const claimsOf = ({ cluster, server, now }: PlatformScene) => ({
  ...{ iss: cluster.url, aud: [server.issuer], iat: now, exp: now + 600 },
  ...podClaims(),
})
const headerOf = ({ cluster }: PlatformScene) => ({ alg: 'ES256', kid: cluster.key.kid })
const withText = (change: (claims: string) => string) => (scene: PlatformScene) =>
  signedTexts(JSON.stringify(headerOf(scene)), change(JSON.stringify(claimsOf(scene))), scene.cluster.key)
/** A valid assertion with another signature. */
const withSignature = (change: (signature: Buffer) => Buffer) => (scene: PlatformScene) => {
  const [header, payload, signature] = cut(pod({})(scene))
  return `${header}.${payload}.${change(Buffer.from(signature, 'base64url')).toString('base64url')}`
}
const unsigned = (assertion: string): string => `${cut(assertion).slice(0, 2).join('.')}.`

export const PLATFORM_SIGNATURE_AND_KEY: readonly PlatformCase[] = [
  [
    "another issuer's key under its own kid",
    'unknown_key',
    (scene) => signed({ alg: 'ES256', kid: scene.github.key.kid }, claimsOf(scene), scene.github.key),
  ],
  [
    "another issuer's key under the kid of this one",
    'bad_assertion_signature',
    (scene) => signed(headerOf(scene), claimsOf(scene), scene.github.key),
  ],
  [
    "another issuer's key without kid",
    'bad_assertion_signature',
    (scene) => signed({ alg: 'ES256' }, claimsOf(scene), scene.github.key),
  ],
  [
    "the server's own signing key under its own kid",
    'unknown_key',
    (scene) => signed({ alg: 'ES256', kid: scene.serverKey.kid }, claimsOf(scene), scene.serverKey),
  ],
  [
    "the server's own signing key under the kid of the issuer",
    'bad_assertion_signature',
    (scene) => signed(headerOf(scene), claimsOf(scene), scene.serverKey),
  ],
  [
    "the server's own signing key without kid",
    'bad_assertion_signature',
    (scene) => signed({ alg: 'ES256' }, claimsOf(scene), scene.serverKey),
  ],
  [
    'a key that no issuer publishes',
    'bad_assertion_signature',
    (scene) => signed(headerOf(scene), claimsOf(scene), aClientKey('ES256')),
  ],
  [
    'its own key in the header (jwk)',
    'assertion_header_unusable',
    (scene) => {
      const attacker = aClientKey('ES256')
      return signed({ ...headerOf(scene), jwk: attacker.jwk }, claimsOf(scene), attacker)
    },
  ],
  ['a URL of keys in the header (jku)', 'assertion_header_unusable', pod({}, { jku: 'https://attacker.example/keys' })],
  ['a certificate in the header (x5c)', 'assertion_header_unusable', pod({}, { x5c: ['MIIB'] })],
  ['alg none without signature', 'assertion_malformed', (scene) => unsigned(pod({}, { alg: 'none' })(scene))],
  ['alg none with a signature', 'assertion_alg_unusable', pod({}, { alg: 'none' })],
  ['an empty signature', 'assertion_malformed', (scene) => unsigned(pod({})(scene))],
  ['a signature of zeros', 'bad_assertion_signature', withSignature(() => Buffer.alloc(64))],
  ['a signature without its last byte', 'bad_assertion_signature', withSignature((own) => own.subarray(0, 63))],
  [
    'HS256 under the public key as PEM',
    'assertion_alg_unusable',
    (scene) =>
      signedWithHmac(
        headerOf(scene),
        claimsOf(scene),
        createPublicKey(scene.cluster.key.privateKey).export({ type: 'spki', format: 'pem' }).toString(),
      ),
  ],
  [
    'HS256 under the JWK',
    'assertion_alg_unusable',
    (scene) => signedWithHmac(headerOf(scene), claimsOf(scene), JSON.stringify(scene.cluster.key.jwk)),
  ],
  ['ES512 in the header', 'assertion_alg_unusable', pod({}, { alg: 'ES512' })],
  [
    'an algorithm that the issuer may not use',
    'unknown_key',
    (scene) => signed({ ...headerOf(scene), alg: 'RS256' }, claimsOf(scene), aClientKey('RS256')),
  ],
  ['a kid that no issuer publishes', 'unknown_key', pod({}, { kid: 'unknown' })],
  ['the kid __proto__', 'unknown_key', pod({}, { kid: '__proto__' })],
  ['the kid constructor', 'unknown_key', pod({}, { kid: 'constructor' })],
  ['a kid that is a path', 'unknown_key', pod({}, { kid: '../../etc/passwd' })],
  ['a kid that is a number', 'assertion_header_unusable', pod({}, { kid: 7 })],
  [
    'a signature over other claims',
    'bad_assertion_signature',
    (scene) => {
      const [header, , signature] = cut(pod({})(scene))
      const [, payload] = cut(pod({ extra: 'claim' })(scene))
      return `${header}.${payload}.${signature}`
    },
  ],
]

export const PLATFORM_TEXT_AND_TYPE: readonly PlatformCase[] = [
  ['typ at+jwt', 'assertion_typ_unusable', pod({}, { typ: 'at+jwt' })],
  ['typ application/at+jwt', 'assertion_typ_unusable', pod({}, { typ: 'application/AT+jwt' })],
  ['typ dpop+jwt', 'assertion_typ_unusable', pod({}, { typ: 'dpop+jwt' })],
  ['typ logout+jwt', 'assertion_typ_unusable', pod({}, { typ: 'logout+jwt' })],
  ['an access token of this server', 'assertion_typ_unusable', ({ live }) => live],
  [
    'an access token of this server beside a client_id',
    'assertion_typ_unusable',
    ({ live, integration }) => withClient(live, integration),
  ],
  ['four segments', 'assertion_malformed', (scene) => `${pod({})(scene)}.AAAA`],
  ['padding', 'assertion_malformed', (scene) => pod({})(scene).replace('.', '=.')],
  [
    'sub twice',
    'assertion_malformed',
    withText((claims) => claims.replace('{', '{"sub":"system:serviceaccount:payments:worker",')),
  ],
  ['iss twice', 'assertion_malformed', withText((claims) => claims.replace('{', '{"iss":"https://attacker.example",'))],
  [
    'a claim of the rule twice',
    'assertion_malformed',
    withText((claims) => claims.replace('"pod":{', '"pod":{"uid":"0",')),
  ],
  ['claims that are an array', 'assertion_malformed', withText((claims) => `[${claims}]`)],
  ['a header of more than 1,024 bytes', 'assertion_header_unusable', pod({}, { x5t: 'x'.repeat(1024) })],
]
