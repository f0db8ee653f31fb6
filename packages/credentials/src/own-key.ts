// Reads the client's own key from its file and checks it before it is used.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { ClientCredentials } from './client-credentials.ts'
import { readPrivateFile } from './private-file.ts'

export type OwnKey = Extract<ClientCredentials, { readonly privateKey: unknown }>

export type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA'

/** A key in memory that servers accept, and the algorithm that it signs with. */
export interface LoadedKey {
  readonly privateKey: KeyObject
  readonly keyId?: string
  readonly algorithm: Algorithm
}

/** The sizes of RSA keys that servers accept, in bits. */
const RSA_BITS = [2048, 3072, 4096]

/**
 * Reads the key from its file, if it is in a file, and checks it. Throws an Error that says what to do if servers do
 * not accept the key. The message contains no part of the key.
 */
export function loadKey({ privateKey: given, keyId, algorithm }: OwnKey): LoadedKey {
  const privateKey = typeof given === 'string' ? readPrivateKey(given) : given
  if (privateKey.type !== 'private') throw new Error('privateKey is not a private key')
  const fitting = algorithmsOf(privateKey)
  const signing = algorithm ?? fitting[0]
  if (signing === undefined || !fitting.includes(signing)) {
    throw new Error('the private key must be an RSA, P-256 or Ed25519 key, and algorithm must fit it')
  }
  const bits = privateKey.asymmetricKeyDetails?.modulusLength
  if (bits !== undefined && !RSA_BITS.includes(bits)) {
    const problem = `the private key is an RSA key of ${String(bits)} bits, which servers do not accept`
    throw new Error(`${problem}: make a key of 2048, 3072 or 4096 bits, and register its public key`)
  }
  return { privateKey, ...(keyId !== undefined && { keyId }), algorithm: signing }
}

function readPrivateKey(path: string): KeyObject {
  const pem = readPrivateFile(path)
  try {
    return createPrivateKey(pem)
  } catch {
    // The error of the parser is left out, because it may quote the file.
    throw new Error(`${path} contains no private key in PEM without a passphrase`)
  }
}

function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): readonly Algorithm[] {
  if (type === 'rsa') return ['RS256', 'PS256']
  if (type === 'ed25519') return ['EdDSA']
  return type === 'ec' && details?.namedCurve === 'prime256v1' ? ['ES256'] : []
}
