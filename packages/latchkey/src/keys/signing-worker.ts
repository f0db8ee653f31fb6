// The program of a signing thread, which signs batches one by one.
import { sign } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { type SignedBatch, type SigningBatch, type ThreadKey, unpackInputs } from './signing-batch.ts'

let key: ThreadKey | undefined

function signAll(inputs: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (key === undefined) throw new Error('the first batch of a signing thread has no key')
  const { privateKey, digest, signatureBytes } = key
  // `ieee-p1363` concatenates R and S, as RFC 7518 §3.4 requires of ES256 (the default is DER). The other algorithms
  // ignore the option.
  const options = { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
  const signatures = new Uint8Array(inputs.length * signatureBytes)
  inputs.forEach((input, index) => {
    signatures.set(sign(digest, input, options), index * signatureBytes)
  })
  return signatures
}

parentPort?.on('message', (batch: SigningBatch) => {
  key = batch.key ?? key
  try {
    const signatures = signAll(unpackInputs(batch.inputs))
    parentPort?.postMessage({ signatures } satisfies SignedBatch, [signatures.buffer])
  } catch (failure) {
    parentPort?.postMessage({ failure } satisfies SignedBatch)
  }
})
