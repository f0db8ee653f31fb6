// Measures how many signatures one core makes per second: the upper limit of a token endpoint on that core.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { answerJobs } from '../jobs.ts'

export interface SignaturesJob {
  readonly seconds: number
}

/** Signatures per second, for each algorithm. */
export type SignatureRates = readonly { readonly alg: string; readonly perSecond: number }[]

/** A text that is as long as the signed part of a token. */
const SIGNING_INPUT = Buffer.alloc(560, 'x')
const BETWEEN_LOOKS_AT_THE_CLOCK = 16

answerJobs<SignaturesJob, SignatureRates>(({ seconds }) => [
  { alg: 'RS256', perSecond: rate(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'sha256', seconds) },
  { alg: 'ES256', perSecond: rate(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'sha256', seconds) },
  { alg: 'EdDSA', perSecond: rate(generateKeyPairSync('ed25519').privateKey, null, seconds) },
])

function rate(key: KeyObject, digest: string | null, seconds: number): number {
  signFor(0.1, key, digest)
  return signFor(seconds, key, digest)
}

function signFor(seconds: number, key: KeyObject, digest: string | null): number {
  const began = performance.now()
  let count = 0
  let elapsed: number
  do {
    for (let i = 0; i < BETWEEN_LOOKS_AT_THE_CLOCK; i++) {
      sign(digest, SIGNING_INPUT, { key, dsaEncoding: 'ieee-p1363' })
    }
    count += BETWEEN_LOOKS_AT_THE_CLOCK
    elapsed = (performance.now() - began) / 1000
  } while (elapsed < seconds)
  return count / elapsed
}
