// Forged and malformed tokens, made from a valid token. Any attacker could make some of them. Only a thief of the
// signing key could make the others.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { claims, payloads } from './forged/claim-forgeries.ts'
import { algorithms, keyIds, keysInHeaders, types } from './forged/header-forgeries.ts'
import type { ForgedToken, Original } from './forged/original.ts'
import { edits, signatures } from './forged/signature-forgeries.ts'
import { encodings, shapes } from './forged/text-forgeries.ts'

export { type ForgedToken, signedWith } from './forged/original.ts'

/**
 * Returns texts that a verifier of `token` must refuse, each with its reason. `privateKey` is the key that signed the
 * token. Many of the forged tokens have a valid signature, so that only the check under test can refuse them.
 */
export function forgedTokens(good: { readonly token: string; readonly privateKey: KeyObject }): readonly ForgedToken[] {
  const [header = '', payload = '', signature = ''] = good.token.split('.')
  const original: Original = {
    header: parse(header),
    claims: parse(payload),
    segments: [header, payload, signature],
    privateKey: good.privateKey,
    publicKey: createPublicKey(good.privateKey),
  }
  return [
    ...algorithms(original),
    ...keysInHeaders(original),
    ...keyIds(original),
    ...signatures(original),
    ...edits(original),
    ...types(original),
    ...shapes(original),
    ...encodings(original),
    ...payloads(original),
    ...claims(original),
  ]
}

const parse = (segment: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(segment, 'base64url').toString()) as Record<string, unknown>
