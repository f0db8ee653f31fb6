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
import { type Case, cut, type Scene, withHeader } from './scene.ts'

const rs256 = ({ rsa, ...scene }: Scene): Sender => ({ ...scene, key: rsa })
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

export const SIGNATURE_AND_KEY: readonly Case[] = [
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
