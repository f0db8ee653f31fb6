// The hash of a jti as the live table holds it.
import { hash } from 'node:crypto'

export const jtiWords = (jti: string): Int32Array =>
  new Int32Array(Uint8Array.from(hash('sha256', jti, 'buffer')).buffer)
