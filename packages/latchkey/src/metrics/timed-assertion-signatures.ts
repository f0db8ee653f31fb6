// Measures the durations of the signature checks of client assertions.
import type { AssertionSignatures } from '../ports/assertion-signatures.ts'
import type { Clock } from '../ports/clock.ts'
import type { Histogram } from './histogram.ts'

/** @param seconds the histogram of each algorithm */
export const timedAssertionSignatures = (
  signatures: AssertionSignatures,
  clock: Clock,
  seconds: ReadonlyMap<string, Histogram>,
): AssertionSignatures => ({
  hashOf: (jti) => signatures.hashOf(jti),
  verify: async (assertion, keys, address) => {
    const begunAt = clock.monotonic()
    const signer = await signatures.verify(assertion, keys, address)
    if (signer !== 'full') seconds.get(assertion.alg)?.observe((clock.monotonic() - begunAt) / 1000)
    return signer
  },
  verifyWith: async (assertion, keys, address) => {
    const begunAt = clock.monotonic()
    const signer = await signatures.verifyWith(assertion, keys, address)
    if (signer !== 'full') seconds.get(assertion.alg)?.observe((clock.monotonic() - begunAt) / 1000)
    return signer
  },
})
