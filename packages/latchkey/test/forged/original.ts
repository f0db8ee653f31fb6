// The valid token from which forgeries are made, and functions that sign with its key.
import { type KeyObject, sign } from 'node:crypto'

export interface ForgedToken {
  readonly name: string
  readonly token: string
  /** The result of the signature check, before the server looks up the live token. */
  readonly reason: 'malformed' | 'bad_signature'
}

export interface Original {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** The three segments of the valid token. */
  readonly segments: readonly [header: string, payload: string, signature: string]
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export const encode = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url')

export const json = (value: unknown): string => encode(JSON.stringify(value))

/** Signs any header and payload text, with the algorithm of the key. */
export function signedWith(privateKey: KeyObject, header: string, payload: string | Uint8Array): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${encode(signatureOf(privateKey, input))}`
}

export function signatureOf(privateKey: KeyObject, input: string): Buffer {
  const digest = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  return sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

export const withHeader = ({ privateKey, claims }: Original, header: unknown): string =>
  signedWith(privateKey, JSON.stringify(header), JSON.stringify(claims))

export const withPayload = ({ privateKey, header }: Original, payload: string | Uint8Array): string =>
  signedWith(privateKey, JSON.stringify(header), payload)

/**
 * A JSON object with the same name twice: first with the attacker's value, then with the true value, which JSON.parse
 * keeps.
 */
export function withRepeated(original: Original, part: 'header' | 'claims', name: string, spelled = name): string {
  const text = JSON.stringify(original[part])
  const repeated = `{"${spelled}":"another",${text.slice(1)}`
  if (part === 'claims') return withPayload(original, repeated)
  return signedWith(original.privateKey, repeated, JSON.stringify(original.claims))
}
