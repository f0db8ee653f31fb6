// Measures the durations of token signatures.
import type { Clock } from '../ports/clock.ts'
import type { RunningSigner } from '../ports/signer.ts'
import type { Histogram } from './histogram.ts'

export const timedSigner = (signer: RunningSigner, clock: Clock, seconds: Histogram): RunningSigner => ({
  get kid() {
    return signer.kid
  },
  sign: (claims, signed) => {
    const begunAt = clock.monotonic()
    signer.sign(claims, (cause, text) => {
      if (cause === undefined) seconds.observe((clock.monotonic() - begunAt) / 1000)
      signed(cause, text)
    })
  },
  close: () => signer.close(),
})
