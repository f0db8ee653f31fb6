// All refusals take the same time: for unknown, deleted and disabled clients, wrong secrets and wrong addresses.
import { issuerKeysOf } from '../a-platform.ts'
import { createSecretKey } from 'node:crypto'
import { type Secret, toBasicCredentials } from '@latchkey/protocol'
import pino from 'pino'
import { expect, test } from 'vitest'
import { Counters } from '../../src/metrics/counters.ts'
import { ServerActivity } from '../../src/metrics/server-activity.ts'
import { createThrottle } from '../../src/http/throttle.ts'
import { PublicRequest, readTarget } from '../../src/http/public/public-request.ts'
import { answerOf } from '../../src/http/public/public-response.ts'
import { postToken } from '../../src/http/public/token.ts'
import { createAssertionSignatures } from '../../src/keys/assertion-signatures.ts'
import { createSecretVault } from '../../src/keys/client-secrets.ts'
import { addressRanges } from '../address-ranges.ts'
import { aStoreFile, newIntegration, openStore } from '../a-store.ts'
import { changing, removing } from '../changing.ts'
import { welch } from '../welch.ts'
import { noKeySources } from '../no-key-sources.ts'

const ADDRESS = '198.51.100.7'
/** Ten ranges of each address family. None of them contains the address. */
const RANGES = addressRanges(
  ...Array.from({ length: 10 }, (_, i) => `192.0.${String(i)}.0/24`),
  ...Array.from({ length: 10 }, (_, i) => `2001:db8:${String(i)}::/48`),
)
const WARM_UP = 500
const ROUNDS = 3000
/** The server counts failures for each client and address by minute. This number of rounds stays below its limit. */
const ROUNDS_A_MINUTE = 45
/** The median of several runs counts, because other load on the machine may disturb some runs. */
const RUNS = 5
/**
 * The highest |t| of Welch's t-test at which two durations count as equal. With the fault that this test looks for, |t|
 * was 99.
 */
const MOST = 10
/**
 * Two median durations count as equal if they differ by at most this fraction. The t-test alone is not enough: on a
 * quiet machine it finds differences of nanoseconds, which cannot be measured over a network. With the fault that this
 * test looks for, the fraction was 0.25.
 */
const SMALLEST = 0.03

/** The token endpoint over a real store, called without a socket, so that only its own work is timed. */
async function aTokenEndpoint() {
  const store = await openStore(aStoreFile())
  const logger = pino({ level: 'silent' })
  const key = (byte: number) => createSecretKey(Buffer.alloc(32, byte))
  const vault = createSecretVault({ pepper: key(1), secretSealing: key(2) })
  const { integrations, secrets, catalog, clock, auditTrail } = store
  const activity = new ServerActivity({ counters: new Counters(), clock, integrations, audit: auditTrail, logger })
  const failures = createThrottle(clock)
  const ports = { integrations, secrets, catalog, clock, vault, failures, activity, logger, slots: store.tokens }
  const assertionSignatures = createAssertionSignatures()
  const assertions = {
    issuer: 'https://issuer.test',
    assertionUses: store.assertionUses,
    clientKeySources: noKeySources(),
    assertionSignatures,
    trustedIssuers: store.trustedIssuers,
    trustedIssuerKeys: issuerKeysOf(store, assertionSignatures),
  }
  const endpoint = postToken({ ...ports, ...assertions, trustedProxies: undefined })
  const { secret, hash } = vault.generate()
  const add = async (clientId: string): Promise<void> => {
    const made = newIntegration(clientId)
    const secretRecord = { id: `sec_${clientId}`, hash, endsAt: undefined }
    const created = await integrations.create(
      [{ ...made, integration: { ...made.integration, secrets: [secretRecord] } }],
      [],
    )
    if (!created.ok) throw new Error(created.refusal.reason)
  }
  const request = (clientId: string, clientSecret: Secret): PublicRequest =>
    new PublicRequest({
      method: 'POST',
      target: readTarget('/v1/token?grant_type=client_credentials'),
      rawHeaders: ['Authorization', toBasicCredentials(clientId, clientSecret), 'X-Request-Id', 'one'],
      remoteAddress: ADDRESS,
      body: Buffer.alloc(0),
    })
  return { store, activity, endpoint, add, request, secret, wrong: vault.generate().secret }
}

interface Difference {
  readonly t: number
  readonly share: number
}

function differenceOf(one: readonly number[], other: readonly number[]): Difference {
  const [first, second] = [median(one), median(other)]
  return { t: Math.abs(welch(one, other)), share: Math.abs(first - second) / Math.min(first, second) }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity

test('the token endpoint takes the same time to refuse a wrong secret, a wrong address and an unknown, deleted or disabled client', async () => {
  const { store, activity, endpoint, add, request, secret, wrong } = await aTokenEndpoint()
  const ids = ['lkplain000000000', 'lkranges00000000', 'lkdisabled000000', 'lkdeleted0000000']
  for (const id of ids) await add(id)
  const [plain = '', ranges = '', disabled = '', deleted = ''] = ids
  await store.integrations.change(ranges, ...changing({ kind: 'set_allowed_addresses', ranges: RANGES }))
  await store.integrations.change(disabled, ...changing({ kind: 'disable' }))
  await store.integrations.remove(deleted, removing)
  const refusals = {
    'wrong secret': request(plain, wrong),
    'wrong secret of a client that is limited to addresses': request(ranges, wrong),
    'unknown client': request('lkunknown0000000', wrong),
    'disabled client': request(disabled, secret),
    'deleted client': request(deleted, secret),
    'right secret, wrong address': request(ranges, secret),
  }
  const names = Object.keys(refusals) as (keyof typeof refusals)[]

  /**
   * Measures each refusal once in a round, in a changing order, so that other load on the machine disturbs all refusals
   * alike.
   */
  const measured = async (rounds: number): Promise<Record<string, number[]>> => {
    const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
    for (let round = 0; round < rounds; round++) {
      if (round % ROUNDS_A_MINUTE === 0) store.clock.advance(61)
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn * (1 + (round % 2) * 4) + round) % names.length] as keyof typeof refusals
        const begunAt = process.hrtime.bigint()
        const { status } = await answerOf(endpoint, refusals[name])
        times[name]?.push(Number(process.hrtime.bigint() - begunAt))
        if (status !== 401) throw new Error(`${name}: ${String(status)}`)
      }
    }
    return times
  }

  await measured(WARM_UP)
  const found = new Map<string, Difference[]>(names.slice(1).map((name) => [name, []]))
  for (let run = 0; run < RUNS; run++) {
    const times = await measured(ROUNDS)
    for (const [name, runs] of found) runs.push(differenceOf(times['wrong secret'] ?? [], times[name] ?? []))
  }
  const medians = [...found].map(([name, runs]) => {
    const [t, share] = [median(runs.map((run) => run.t)), median(runs.map((run) => run.share))]
    return { name, t, share }
  })
  expect(medians.filter(({ t, share }) => t > MOST && share > SMALLEST)).toEqual([])
  await activity.close()
  await store.close()
})
