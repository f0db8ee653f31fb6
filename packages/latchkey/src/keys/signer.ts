// Signs access tokens on the thread pool, so that the main thread goes on serving.
import { sign } from 'node:crypto'
import { accessTokenPayload } from '@latchkey/protocol'
import type { Signer } from '../ports/signer.ts'
import type { KeyRing } from './key-ring.ts'

export const createSigner = (ring: KeyRing): Signer => ({
  get kid() {
    return ring.current.record.kid
  },
  sign: (claims) => {
    const { header, privateKey, digest } = ring.current
    const signingInput = `${header}.${Buffer.from(accessTokenPayload(claims)).toString('base64url')}`
    return new Promise((resolve, reject) => {
      // RFC 7518 §3.4: an ES256 signature is R and S side by side, not DER. The other algorithms ignore it.
      const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
      // The callback form is what runs in the pool; WebCrypto would add several promise turns to each signature.
      sign(digest, Buffer.from(signingInput, 'latin1'), key, (cause, signature) => {
        if (cause === null) resolve(`${signingInput}.${signature.toString('base64url')}`)
        else reject(new Error('the signing key failed to sign', { cause }))
      })
    })
  },
})
