// Signs access tokens on other threads, so that the main thread can serve requests.
import { sign } from 'node:crypto'
import { accessTokenPayload } from '@latchkey/protocol'
import type { RunningSigner } from '../ports/signer.ts'
import type { KeySet } from './key-set.ts'
import type { OpenedKey } from './signing-keys.ts'
import { keyFailure, type SigningJob } from './signing-thread.ts'
import { SigningThreads } from './signing-threads.ts'

/**
 * Makes the signer of access tokens. On several cores, it signs each RS256 token with a separate call to Node's thread
 * pool, because an RS256 signature takes ten times as long as the overhead of the call. In all other cases, it sends
 * tokens in batches to its own signing threads, because the overhead of a call is as long as an ES256 signature takes.
 */
export function createSigner(keySet: KeySet, cores: number): RunningSigner {
  const threads = new SigningThreads(Math.max(1, cores - 1))
  const isForPool = ({ record }: OpenedKey): boolean => record.alg === 'RS256' && cores > 1
  if (!isForPool(keySet.current)) threads.start()
  return {
    get kid() {
      return keySet.current.record.kid
    },
    sign: (claims, signed) => {
      const key = keySet.current
      const input = `${key.header}.${Buffer.from(accessTokenPayload(claims)).toString('base64url')}`
      if (isForPool(key)) signInPool({ key, input, signed })
      else threads.sign({ key, input, signed })
    },
    close: () => threads.close(),
  }
}

function signInPool({ key, input, signed }: SigningJob): void {
  const options = { key: key.privateKey, dsaEncoding: 'ieee-p1363' as const }
  // The callback form of `sign` runs in the thread pool. WebCrypto would add several promise turns to each signature.
  sign(key.digest, Buffer.from(input, 'latin1'), options, (cause, signature) => {
    if (cause === null) signed(undefined, `${input}.${signature.toString('base64url')}`)
    else signed(keyFailure(cause), '')
  })
}
