// Assertions with a wrong signature, algorithm or key.
import { createPublicKey, sign } from 'node:crypto'
import {
  aClientKey,
  anAssertion,
  claimsOf,
  headerOf,
  type Sender,
  signedTexts,
  signedWithHmac,
} from '../client-assertions.ts'
import { type Case, cut, ORDER, scalarOf, type Scene, withHeader } from './scene.ts'

const rs256 = ({ rsa, ...scene }: Scene): Sender => ({ ...scene, key: rsa })
const ps256 = ({ pss, ...scene }: Scene): Sender => ({ ...scene, key: pss })
/** Signs with the key of the server. The header has a `kid` of the integration, a `kid` of the server, or no `kid`. */
const byServer = (scene: Scene, kid: string | undefined): string =>
  anAssertion({ ...scene, key: scene.serverKey }, {}, { kid })

const withSignature = (scene: Scene, signature: Buffer): string => {
  const [header, payload] = cut(anAssertion(scene))
  return `${header}.${payload}.${signature.toString('base64url')}`
}
/** A valid assertion whose signature has these halves in place of its own. An undefined half stays unchanged. */
const withHalves =
  (r: Buffer | undefined, s: Buffer | undefined) =>
  (scene: Scene): string => {
    const [header, payload, signature] = cut(anAssertion(scene))
    const own = Buffer.from(signature, 'base64url')
    const halves = Buffer.concat([r ?? own.subarray(0, 32), s ?? own.subarray(32)])
    return `${header}.${payload}.${halves.toString('base64url')}`
  }
const derOf = (scene: Scene): string => {
  const [header, payload] = cut(anAssertion(scene))
  const input = Buffer.from(`${header}.${payload}`)
  return `${header}.${payload}.${sign('sha256', input, scene.key.privateKey).toString('base64url')}`
}
/** Signs with this key, but by another algorithm than the header names. */
const signedAs = (alg: string, scene: Sender, header: { readonly alg: string }): string =>
  anAssertion({ ...scene, key: { ...scene.key, alg } }, {}, header)

/**
 * Adds the modulus to an RSA signature. The number fits in the bytes of a signature, and it solves the same equation.
 * RFC 8017 §5.2.2 forbids it.
 */
function withModulusAdded(scene: Scene): string {
  const modulus = numberOf(Buffer.from(String(scene.rsa.jwk['n']), 'base64url'))
  for (;;) {
    const [header, payload, signature] = cut(anAssertion(rs256(scene)))
    const sum = numberOf(Buffer.from(signature, 'base64url')) + modulus
    if (sum >= 1n << 2048n) continue
    return `${header}.${payload}.${Buffer.from(sum.toString(16).padStart(512, '0'), 'hex').toString('base64url')}`
  }
}
const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)

const publicPem = ({ rsa }: Scene): string =>
  createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'pem' }).toString()
const hmac = (secret: (scene: Scene) => string | Buffer) => (scene: Scene) =>
  signedWithHmac({ ...headerOf(rs256(scene)) }, claimsOf(scene), secret(scene))

const [ZERO, N, LARGEST] = [scalarOf(0n), scalarOf(ORDER), scalarOf(2n ** 256n - 1n)]

const BAD = 'bad_assertion_signature'
const HEADER = 'assertion_header_unusable'
const ALG = 'assertion_alg_unusable'

export const SIGNATURE_AND_KEY: readonly Case[] = [
  [
    'alg none without signature',
    'assertion_malformed',
    (scene) =>
      `${cut(anAssertion(scene, {}, { alg: 'none' }))
        .slice(0, 2)
        .join('.')}.`,
  ],
  ['alg none with a signature', ALG, withHeader({ alg: 'none' })],
  ['alg None', ALG, withHeader({ alg: 'None' })],
  ['alg nOnE', ALG, withHeader({ alg: 'nOnE' })],
  ['no alg', ALG, withHeader({ alg: undefined })],
  ['an empty signature', 'assertion_malformed', (scene) => `${cut(anAssertion(scene)).slice(0, 2).join('.')}.`],
  [
    'a signature without its last byte',
    BAD,
    (scene) => withSignature(scene, Buffer.from(cut(anAssertion(scene))[2], 'base64url').subarray(0, 63)),
  ],
  ['HS256 under the public key as PEM', ALG, hmac(publicPem)],
  [
    'HS256 under the public key as DER',
    ALG,
    hmac(({ rsa }) => createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'der' })),
  ],
  ['HS256 under the JWK', ALG, hmac(({ rsa }) => JSON.stringify(rsa.jwk))],
  ['HS256 under the modulus', ALG, hmac(({ rsa }) => Buffer.from(String(rsa.jwk['n']), 'base64url'))],
  ['an RS256 key that signs as PS256', BAD, (scene) => signedAs('PS256', rs256(scene), { alg: 'PS256' })],
  ['a PS256 key that signs as RS256', BAD, (scene) => signedAs('RS256', ps256(scene), { alg: 'RS256' })],
  ['an RS256 signature with PS256 in the header', BAD, (scene) => signedAs('RS256', ps256(scene), { alg: 'PS256' })],
  ['a PS256 signature with RS256 in the header', BAD, (scene) => signedAs('PS256', rs256(scene), { alg: 'RS256' })],
  ['an RS256 key with ES256 in the header', BAD, (scene) => anAssertion(rs256(scene), {}, { alg: 'ES256' })],
  ['ES384 in the header', ALG, withHeader({ alg: 'ES384' })],
  ['ES512 in the header', ALG, withHeader({ alg: 'ES512' })],
  ['RS512 in the header', ALG, (scene) => anAssertion(rs256(scene), {}, { alg: 'RS512' })],
  ['ES256 in DER form', BAD, derOf],
  ['a signature of zeros', BAD, withHalves(ZERO, ZERO)],
  ['r = 0', BAD, withHalves(ZERO, undefined)],
  ['s = 0', BAD, withHalves(undefined, ZERO)],
  ['r = n', BAD, withHalves(N, undefined)],
  ['s = n', BAD, withHalves(undefined, N)],
  ['r above n', BAD, withHalves(LARGEST, undefined)],
  ['s above n', BAD, withHalves(undefined, LARGEST)],
  ['an RSA signature above every modulus', BAD, (scene) => withRsa(scene, Buffer.alloc(256, 0xff))],
  ['an RSA signature of zeros', BAD, (scene) => withRsa(scene, Buffer.alloc(256))],
  ['an RSA signature with the modulus added', BAD, withModulusAdded],
  ["another integration's key", 'unknown_key', (scene) => anAssertion({ ...scene, key: scene.othersKey })],
  [
    "another integration's key under a kid of this one",
    BAD,
    (scene) => anAssertion({ ...scene, key: scene.othersKey }, {}, { kid: scene.key.kid }),
  ],
  ["the server's own signing key", 'unknown_key', (scene) => byServer(scene, scene.serverKey.kid)],
  ["the server's own signing key under a kid of this one", BAD, (scene) => byServer(scene, scene.key.kid)],
  ["the server's own signing key without kid", BAD, (scene) => byServer(scene, undefined)],
  ['an ended key', 'credential_ended', (scene) => anAssertion({ ...scene, key: scene.endedKey })],
  ['an ended key without kid', BAD, (scene) => anAssertion({ ...scene, key: scene.endedKey }, {}, { kid: undefined })],
  ['a key that no operator registered', 'unknown_key', (scene) => anAssertion({ ...scene, key: aClientKey('ES256') })],
  ['a kid that no operator registered', 'unknown_key', withHeader({ kid: 'unknown' })],
  ['a kid that is a path', 'unknown_key', withHeader({ kid: '../../etc/passwd' })],
  ['the kid __proto__', 'unknown_key', withHeader({ kid: '__proto__' })],
  ['a kid of 5 KiB', HEADER, withHeader({ kid: 'k'.repeat(5120) })],
  ['a kid of 257 characters', HEADER, withHeader({ kid: 'k'.repeat(257) })],
  ['a kid that is a number', HEADER, withHeader({ kid: 7 })],
  ['an empty kid', HEADER, withHeader({ kid: '' })],
  [
    'its own key in the header (jwk)',
    HEADER,
    (scene) => {
      const attacker = aClientKey('ES256')
      return anAssertion({ ...scene, key: attacker }, {}, { kid: scene.key.kid, jwk: attacker.jwk })
    },
  ],
  [
    'its own key in the header, under the name JWK',
    BAD,
    (scene) => {
      const attacker = aClientKey('ES256')
      return anAssertion({ ...scene, key: attacker }, {}, { kid: scene.key.kid, JWK: attacker.jwk })
    },
  ],
  ['a URL of keys in the header (jku)', HEADER, withHeader({ jku: 'https://attacker.example/keys' })],
  ['a certificate URL in the header (x5u)', HEADER, withHeader({ x5u: 'https://attacker.example/cert' })],
  ['a certificate in the header (x5c)', HEADER, withHeader({ x5c: ['MIIB'] })],
  ['crit', HEADER, withHeader({ crit: ['exp'], exp: 1 })],
  ['b64: false', HEADER, withHeader({ b64: false, crit: ['b64'] })],
  ['b64: false without crit', HEADER, withHeader({ b64: false })],
  ['zip', HEADER, withHeader({ zip: 'DEF' })],
  ['a JWE header', HEADER, withHeader({ alg: 'RSA-OAEP', enc: 'A256GCM' })],
  ['enc beside a right alg', HEADER, withHeader({ enc: 'A256GCM' })],
  [
    'a nested JWT',
    'assertion_malformed',
    (scene) => signedTexts(JSON.stringify({ ...headerOf(scene), cty: 'JWT' }), anAssertion(scene), scene.key),
  ],
]

function withRsa(scene: Scene, signature: Buffer): string {
  const [header, payload] = cut(anAssertion(rs256(scene)))
  return `${header}.${payload}.${signature.toString('base64url')}`
}
