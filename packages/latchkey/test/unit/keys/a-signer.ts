// Signers for tests: promises instead of callbacks, closed at the end of the test.
import type { AccessTokenClaims } from '@latchkey/protocol'
import { onTestFinished } from 'vitest'
import type { KeySet } from '../../../src/keys/key-set.ts'
import { createSigner } from '../../../src/keys/signer.ts'
import type { Signer } from '../../../src/ports/signer.ts'

/** Resolves with the token. Rejects if signing fails. */
export const signedBy = (signer: Signer, claims: AccessTokenClaims): Promise<string> =>
  new Promise((resolve, reject) => {
    signer.sign(claims, (cause, text) => {
      if (cause === undefined) resolve(text)
      else reject(cause)
    })
  })

/** Closed when the test is over. */
export function aSigner(keySet: KeySet, cores = 2) {
  const signer = createSigner(keySet, cores)
  onTestFinished(() => signer.close())
  return { sign: (claims: AccessTokenClaims) => signedBy(signer, claims), close: () => signer.close() }
}

/** Signs one token, also outside of a test. */
export async function aToken(keySet: KeySet, claims: AccessTokenClaims): Promise<string> {
  const signer = createSigner(keySet, 2)
  try {
    return await signedBy(signer, claims)
  } finally {
    await signer.close()
  }
}
