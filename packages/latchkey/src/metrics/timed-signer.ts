// A signer whose signatures are timed.
import type { Clock } from '../ports/clock.ts'
import type { Signer } from '../ports/signer.ts'
import type { Histogram } from './histogram.ts'

export const timedSigner = (signer: Signer, clock: Clock, seconds: Histogram): Signer => ({
  get kid() {
    return signer.kid
  },
  sign: (claims) => {
    const begunAt = clock.monotonic()
    const signing = signer.sign(claims)
    signing.then(
      () => {
        seconds.observe((clock.monotonic() - begunAt) / 1000)
      },
      // Whoever asked for it is told.
      () => undefined,
    )
    return signing
  },
})
