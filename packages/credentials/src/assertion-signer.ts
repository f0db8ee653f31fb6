// Signs client assertions with the client's own key (RFC 7523 §3).
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { readFileSync, type Stats, statSync } from 'node:fs'
import type { AuthenticatedSubject, ClientCredentials } from './client-credentials.ts'

/** The lifetime of an assertion, in seconds. A server of the profile FAPI 2.0 accepts no more. */
const LIFETIME_SECONDS = 60
const JTI_BYTES = 16

/** A key of 4,096 bits has 3,272 bytes in PEM. */
const MAX_FILE_BYTES = 16_384

type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

type OwnKey = Extract<ClientCredentials, { readonly privateKey: unknown }>

/** Returns the private key. Throws an Error that names the path, and no part of the key. */
export function privateKeyOf({ privateKey }: OwnKey): KeyObject {
  if (typeof privateKey !== 'string') {
    if (privateKey.type !== 'private') throw new Error('privateKey is not a private key')
    return privateKey
  }
  const pem = readPrivateFile(privateKey)
  try {
    return createPrivateKey(pem)
  } catch {
    // The error of the parser is left out, because it may quote the file.
    throw new Error(`${privateKey} contains no private key in PEM without a passphrase`)
  }
}

function readPrivateFile(path: string): Buffer {
  let found: Stats
  try {
    found = statSync(path)
    // Reading a pipe would block the process until another program writes to it.
    if (found.isFile() && found.size <= MAX_FILE_BYTES && !mayOthersRead(found)) return readFileSync(path)
  } catch (cause) {
    const { code = 'unreadable' } = cause as NodeJS.ErrnoException
    throw new Error(`the private key ${path} cannot be read (${code})`, { cause })
  }
  if (!found.isFile()) throw new Error(`the private key ${path} is not a regular file`)
  if (mayOthersRead(found)) {
    throw new Error(`other users may read or write the private key ${path}: chmod 600 ${path}`)
  }
  throw new Error(`${path} has more than ${String(MAX_FILE_BYTES)} bytes, so it is not one private key`)
}

/** Always false on Windows, where the mode says nothing. */
const mayOthersRead = ({ mode }: Stats): boolean => process.platform !== 'win32' && (mode & 0o077) !== 0

/** Returns a function that signs a new assertion. Throws as `privateKeyOf` does, and for a key of another type. */
export function assertionSigner(own: OwnKey): (subject: AuthenticatedSubject) => string {
  const key = privateKeyOf(own)
  const algorithms = algorithmsOf(key)
  const alg = own.algorithm ?? algorithms[0]
  if (alg === undefined || !algorithms.includes(alg)) {
    throw new Error('the private key must be an RSA, P-256 or Ed25519 key, and algorithm must fit it')
  }
  const kid = own.keyId ?? thumbprintOf(key)
  const header = encoded({ alg, kid, typ: 'client-authentication+jwt' })
  return ({ clientId, audience }) => {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      ...{ iss: clientId, sub: clientId, aud: audience },
      jti: randomBytes(JTI_BYTES).toString('base64url'),
      ...{ iat: now, exp: now + LIFETIME_SECONDS },
    }
    const input = `${header}.${encoded(claims)}`
    return `${input}.${signatureOf(input, key, alg).toString('base64url')}`
  }
}

function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): readonly Algorithm[] {
  if (type === 'rsa') return ['RS256', 'PS256']
  if (type === 'ed25519') return ['EdDSA']
  return type === 'ec' && details?.namedCurve === 'prime256v1' ? ['ES256'] : []
}

function signatureOf(input: string, key: KeyObject, alg: Algorithm): Buffer {
  const data = Buffer.from(input)
  switch (alg) {
    case 'RS256':
      return sign('sha256', data, key)
    case 'PS256':
      return sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
    case 'EdDSA':
      return sign(null, data, key)
  }
}

/** The thumbprint of the public key (RFC 7638), with SHA-256. */
function thumbprintOf(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = createPublicKey(key).export({ format: 'jwk' })
  const members = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
