// Encrypts the texts of a store with a key that is derived from a secret of the client. A text can be decrypted only
// under the store key that it was encrypted for.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '@latchkey/protocol'

export interface Sealing {
  seal(place: string, text: string): string
  /**
   * Decrypts a text. Undefined if the text was sealed with another secret, for another key of the store, or by another
   * program.
   */
  open(place: string, sealed: string): string | undefined
}

const FORMAT = 'lkc1.'
const IV_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM. The key comes from the secret by HKDF, with the client ID as salt. */
export function sealingUnder(clientId: string, secret: Secret): Sealing {
  const key = Buffer.from(hkdfSync('sha256', secret.reveal(), clientId, '@latchkey/client token store', 32))
  return {
    seal(place, text) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return FORMAT + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(place, sealed) {
      if (!sealed.startsWith(FORMAT)) return undefined
      const bytes = Buffer.from(sealed.slice(FORMAT.length), 'base64url')
      if (bytes.length < IV_BYTES + TAG_BYTES) return undefined
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
        return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined // the tag does not match: the text was sealed with another secret, for example before a rotation
      }
    },
  }
}
