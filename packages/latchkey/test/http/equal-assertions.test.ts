// All refused assertions of one shape take the same time, for each algorithm, with and without kid.
import { readClientAssertion } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import type { ClientKey, ClientKeySource, Credential } from '../../src/domain/credential.ts'
import type { IntegrationState } from '../../src/domain/integration.ts'
import { createAssertionSignatures } from '../../src/keys/assertion-signatures.ts'
import { createClientKeySources } from '../../src/keys/client-key-sources.ts'
import { readClientKey } from '../../src/keys/client-keys.ts'
import { systemNetwork } from '../../src/keys/key-source/network.ts'
import { openKeySource } from '../../src/keys/key-source/open-key-source.ts'
import { systemTimers } from '../../src/keys/key-source/timers.ts'
import { authenticateByAssertion } from '../../src/operations/authenticate-assertion.ts'
import { TestClock } from '../a-server.ts'
import { newIntegration } from '../a-store.ts'
import { aClientKey, anAssertion, type TestAlgorithm, type TestKey } from '../client-assertions.ts'
import { welch } from '../welch.ts'

const ISSUER = 'https://issuer.test'
const CLIENT = 'lk0123456789abcd'
const NOW = 1_800_000_000
const WARM_UP = 100
const ROUNDS = 300
/** The median of the runs counts, because other load on the machine may disturb some of them. */
const RUNS = 3
/** As in the test for secrets: a difference counts if it is significant and not far below what a network lets through. */
const MOST = 10
const SMALLEST = 0.03

const credentialOf = ({ jwk }: TestKey, isEnded = false): ClientKey => {
  const given = readClientKey(jwk)
  if (!given.ok) throw new Error(given.refusal)
  const key = { kind: 'key', id: `key_${given.value.kid}`, ...given.value, maxLifetimeSeconds: 300 } as const
  return isEnded ? { ...key, jwk: undefined, endsAt: NOW - 1 } : { ...key, endsAt: undefined }
}

const SOURCE: ClientKeySource = {
  ...{
    kind: 'jwks_uri',
    id: 'src_1',
    uri: 'https://client.test/jwks',
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
  },
  ...{ maxLifetimeSeconds: 300, endsAt: undefined, hasEnded: false },
}

/** The keys of a client with a jwks_uri, as after a fetch. */
function fetchedKeys({ jwk }: TestKey) {
  const { algorithms } = SOURCE
  const settings = { location: { source: 'inline', keys: [jwk] }, algorithms, keyUse: 'signature' } as const
  const sources = createClientKeySources(() =>
    openKeySource(
      { ...settings, tlsCa: undefined, staleSeconds: 0, requests: 'never_wait' },
      {
        ...{ networks: [], clock: new TestClock(NOW), network: systemNetwork, timers: systemTimers },
        events: { fetched: ignore, stale: ignore, unavailable: ignore, recovered: ignore },
      },
    ),
  )
  sources.replace(CLIENT, SOURCE)
  return sources
}

const ignore = (): void => undefined

const stateOf = (enabled: boolean, ...credentials: readonly Credential[]): IntegrationState => ({
  integration: { ...newIntegration(CLIENT).integration, enabled, secrets: [], credentials },
  slots: [],
})

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity

const ALGORITHMS: readonly TestAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA']

test.each(ALGORITHMS.flatMap((alg) => [[alg, true] as const, [alg, false] as const]))(
  'wrong assertions of known, unknown and disabled clients take the same time with %s, kid in the header: %s',
  async (alg, hasKid) => {
    const [key, foreign] = [aClientKey(alg, 'own'), aClientKey(alg, 'own')]
    const ports = {
      issuer: ISSUER,
      assertionSignatures: createAssertionSignatures(),
      clientKeySources: fetchedKeys(key),
      clock: new TestClock(NOW),
      secrets: { noteUse: () => undefined },
    }
    const times = { iat: NOW, exp: NOW + 60 }
    const requestBy = (signer: TestKey, kid: string) => {
      const text = anAssertion(
        { clientId: CLIENT, issuer: ISSUER, key: signer },
        times,
        hasKid ? { kid } : { kid: undefined },
      )
      const read = readClientAssertion(text)
      if (!read.ok) throw new Error(read.refusal)
      if (read.value.kind !== 'own') throw new Error('the assertion is of a platform')
      return {
        credentials: { clientId: CLIENT, assertion: read.value },
        requester: { address: '192.0.2.1', userAgent: '' },
      }
    }
    const own = credentialOf(key)
    const cases = {
      'wrong signature': [stateOf(true, own), requestBy(foreign, 'own')],
      'unknown client': [undefined, requestBy(foreign, 'own')],
      'wrong kid': [stateOf(true, own), requestBy(foreign, 'other')],
      'ended key': [stateOf(true, credentialOf(key, true)), requestBy(key, 'own')],
      'no key': [stateOf(true), requestBy(key, 'own')],
      'jwks_uri, wrong signature': [stateOf(true, SOURCE), requestBy(foreign, 'own')],
      'jwks_uri, wrong kid': [stateOf(true, SOURCE), requestBy(foreign, 'other')],
      'disabled client': [stateOf(false, own), requestBy(key, 'own')],
      'disabled client, wrong signature': [stateOf(false, own), requestBy(foreign, 'own')],
      'lifetime too long': [stateOf(true, { ...own, maxLifetimeSeconds: 59 }), requestBy(key, 'own')],
    } as const
    const names = Object.keys(cases) as (keyof typeof cases)[]
    // With PS256 a right signature takes one hash more. Only the holder of the key can make a right signature, so
    // refusals of right signatures are compared with each other.
    const right = alg === 'PS256' ? 'lifetime too long' : 'wrong signature'
    const referenceOf = (name: string): string => (name === 'disabled client' ? right : 'wrong signature')
    const compared = names.filter((name) => name !== 'wrong signature' && name !== right)

    /** Measures each case once in a round, in a changing order, so that other load disturbs all alike. */
    const measured = async (rounds: number): Promise<Record<string, number[]>> => {
      const spent: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
      for (let round = 0; round < rounds; round++) {
        for (let turn = 0; turn < names.length; turn++) {
          const name = names[
            (turn * (1 + (round % 2) * (names.length - 2)) + round) % names.length
          ] as keyof typeof cases
          const [state, request] = cases[name]
          const begunAt = process.hrtime.bigint()
          const outcome = await authenticateByAssertion(state, ports, request)
          spent[name]?.push(Number(process.hrtime.bigint() - begunAt))
          if (outcome.ok) throw new Error(name)
        }
      }
      return spent
    }

    await measured(WARM_UP)
    const found = new Map<string, { t: number; share: number }[]>(compared.map((name) => [name, []]))
    for (let run = 0; run < RUNS; run++) {
      const spent = await measured(ROUNDS)
      for (const [name, runs] of found) {
        const [one, other] = [spent[referenceOf(name)] ?? [], spent[name] ?? []]
        const [first, second] = [median(one), median(other)]
        runs.push({ t: Math.abs(welch(one, other)), share: Math.abs(first - second) / Math.min(first, second) })
      }
    }
    const medians = [...found].map(([name, runs]) => ({
      name,
      t: median(runs.map(({ t }) => t)),
      share: median(runs.map(({ share }) => share)),
    }))
    expect(medians.filter(({ t, share }) => t > MOST && share > SMALLEST)).toEqual([])
  },
)
