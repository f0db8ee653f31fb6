// Checks assertions in its own process, and reports the processor time of one check.
import { createServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { JWT_BEARER, type PresentedAssertion, readClientAssertion } from '@latchkey/protocol'
import { addressRanges } from '../../packages/latchkey/test/address-ranges.ts'
import { createAssertionSignatures } from '../../packages/latchkey/src/keys/assertion-signatures.ts'
import { systemNetwork } from '../../packages/latchkey/src/keys/key-source/network.ts'
import { openKeySource } from '../../packages/latchkey/src/keys/key-source/open-key-source.ts'
import { systemTimers } from '../../packages/latchkey/src/keys/key-source/timers.ts'
import { systemClock } from '../../packages/latchkey/src/system.ts'
import { aCertificate } from '../../packages/latchkey/test/a-certificate.ts'
import { aClientKey, aKeyCredential, anAssertion } from '../../packages/latchkey/test/client-assertions.ts'
import { OWN_ALGORITHMS } from '../assertion-keys.ts'
import { answerJobs } from '../jobs.ts'
import { median } from '../statistics.ts'

export interface AssertionChecksJob {
  readonly seconds: number
}

/** Nanoseconds of processor time of one check. */
export interface AssertionChecks {
  readonly read: number
  readonly verified: readonly { readonly alg: string; readonly nanoseconds: number }[]
  readonly keyFound: number
}

const ADDRESS = '127.0.0.1'
/** The number of checks that the server runs at the same time. */
const TOGETHER = 64
const PIECES = 10

answerJobs<AssertionChecksJob, AssertionChecks>(async ({ seconds }) => {
  const signatures = createAssertionSignatures()
  const verified: { readonly alg: string; readonly nanoseconds: number }[] = []
  let text = ''
  for (const alg of OWN_ALGORITHMS) {
    const key = aClientKey(alg)
    text = anAssertion({ clientId: 'lk00000000000000', issuer: 'https://latchkey.test', key })
    const assertion = ownAssertion(text)
    const keys = [aKeyCredential('key_1', key)]
    const verify = async (): Promise<void> => {
      const signer = await signatures.verify(assertion, keys, ADDRESS)
      if (signer === undefined || signer === 'full') throw new Error(`an assertion with ${alg} was not verified`)
    }
    verified.push({ alg, nanoseconds: await costOf(verify, seconds) })
  }
  const read = await costOf(() => {
    readClientAssertion(text, JWT_BEARER)
    return Promise.resolve()
  }, seconds)
  return { read, verified, keyFound: await keyLookUp(seconds) }
})

/** Returns the processor time of finding an issuer's key that was fetched before and is in memory. */
async function keyLookUp(seconds: number): Promise<number> {
  const key = aClientKey('RS256')
  const certificate = aCertificate('localhost')
  const server = createServer(certificate, (_request, response) => {
    response.end(JSON.stringify({ keys: [key.jwk] }))
  })
  await once(server.listen(0, ADDRESS), 'listening')
  const uri = `https://localhost:${String((server.address() as AddressInfo).port)}/keys`
  const source = openKeySource(
    {
      ...{ location: { source: 'jwks_uri', uri }, algorithms: ['RS256'], keyUse: 'signature', tlsCa: certificate.cert },
      ...{ staleSeconds: 3600, requests: 'wait' },
    },
    {
      ...{ networks: addressRanges(ADDRESS), clock: systemClock, timers: systemTimers, events: NOBODY_LISTENS },
      network: { ...systemNetwork, resolve: () => Promise.resolve([{ address: ADDRESS, family: 4 }]) },
    },
  )
  const query = { kid: key.kid, alg: 'RS256' }
  const cost = await costOf(async () => {
    const found = await source.find(query)
    if (found.outcome !== 'found') throw new Error(`the key was not found: ${found.outcome}`)
  }, seconds)
  source.close()
  server.closeAllConnections()
  server.close()
  return cost
}

const nothing = (): void => undefined
const NOBODY_LISTENS = { fetched: nothing, stale: nothing, unavailable: nothing, recovered: nothing }

function ownAssertion(text: string): Extract<PresentedAssertion, { readonly kind: 'own' }> {
  const read = readClientAssertion(text, JWT_BEARER)
  if (!read.ok || read.value.kind !== 'own') throw new Error('an assertion was not read')
  return read.value
}

/**
 * Repeats `work`, 64 calls at a time, and returns the median cost over periods of equal length. The first period warms
 * up.
 */
async function costOf(work: () => Promise<void>, seconds: number): Promise<number> {
  const costs: number[] = []
  for (let piece = 0; piece <= PIECES; piece++) {
    const end = performance.now() + (seconds * 1000) / PIECES
    const began = processorNanoseconds()
    let count = 0
    do {
      await Promise.all(Array.from({ length: TOGETHER }, work))
      count += TOGETHER
    } while (performance.now() < end)
    costs.push((processorNanoseconds() - began) / count)
  }
  return median(costs.slice(1))
}

function processorNanoseconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
