// Signs access tokens on other threads, so that the main thread can serve requests.
import { sign } from 'node:crypto'
import { accessTokenPayload } from '@latchkey/protocol'
import type { RunningSigner } from '../ports/signer.ts'
import type { KeySet } from './key-set.ts'
import type { OpenedKey } from './signing-keys.ts'
import { keyFailure, type SigningJob } from './signing-thread.ts'
import { SigningThreads } from './signing-threads.ts'

/**
 * On several cores, each RS256 token is signed by a call of its own to Node's thread pool, because the signature takes
 * ten times as long as the overhead of the call. In all other cases, batches of tokens go to separate signing threads: an
 * ES256 signature takes about as long as the overhead of a call.
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
  // Uses the callback form, which runs in the thread pool. WebCrypto would add several promise turns to each signature.
  sign(key.digest, Buffer.from(input, 'latin1'), options, (cause, signature) => {
    if (cause === null) signed(undefined, `${input}.${signature.toString('base64url')}`)
    else signed(keyFailure(cause), '')
  })
}
