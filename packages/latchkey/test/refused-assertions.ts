// Measures how long the server takes to refuse client assertions, for each reason of a refusal. The reasons are
// measured in turn in one process.
import { generateKeyPairSync } from 'node:crypto'
import { type OwnAssertion, readClientAssertion } from '@latchkey/protocol'
import type { ClientKey, ClientKeySource, Credential } from '../src/domain/credential.ts'
import type { IntegrationState } from '../src/domain/integration.ts'
import { createAssertionSignatures } from '../src/keys/assertion-signatures.ts'
import { createClientKeySources } from '../src/keys/client-key-sources.ts'
import { readClientKey } from '../src/keys/client-keys.ts'
import { systemNetwork } from '../src/keys/key-source/network.ts'
import { openKeySource } from '../src/keys/key-source/open-key-source.ts'
import { systemTimers } from '../src/keys/key-source/timers.ts'
import { authenticateByAssertion } from '../src/operations/authenticate-assertion.ts'
import { TestClock } from './a-server.ts'
import { newIntegration } from './a-store.ts'
import { addressRanges } from './address-ranges.ts'
import { aClientKey, anAssertion, type TestAlgorithm, type TestKey } from './client-assertions.ts'

const ISSUER = 'https://issuer.test'
const CLIENT = 'lk0123456789abcd'
const NOW = 1_800_000_000
/** As many ranges as an integration may have. None of them contains the address of the requests. */
const RANGES = addressRanges(...Array.from({ length: 50 }, (_, at) => `198.51.${String(at)}.0/24`))

/** The algorithms, each with `kid` in the header and without. */
export const SHAPES: readonly (readonly [alg: TestAlgorithm, hasKid: boolean])[] = (
  ['RS256', 'PS256', 'ES256', 'EdDSA'] as const
).flatMap((alg) => [[alg, true] as const, [alg, false] as const])

/** The durations of the refusals for one reason, in nanoseconds, and of the refusals that must take as long. */
export interface Compared {
  readonly name: string
  readonly times: readonly number[]
  readonly reference: readonly number[]
}

interface Class {
  readonly state: IntegrationState | undefined
  readonly assertions: readonly OwnAssertion[]
  /** The reason whose refusals must take as long. */
  readonly like: string
}

const WRONG = 'wrong signature'
const RIGHT = 'lifetime too long'

/**
 * Returns a function that measures one refusal for each reason in a round, in random order, so that other load disturbs
 * all reasons alike. Each reason has `different` assertions, because the duration of a check depends on the signature.
 */
export function refusedAssertions(alg: TestAlgorithm, hasKid: boolean, different: number) {
  const key = aClientKey(alg, 'own')
  const ports = {
    issuer: ISSUER,
    assertionSignatures: createAssertionSignatures(),
    clock: new TestClock(NOW),
    secrets: { noteUse: () => undefined },
    clientKeySources: fetchedKeys(key),
  }
  const classes = classesOf({ alg, hasKid, different, key })
  const names = Object.keys(classes)

  return async (rounds: number): Promise<readonly Compared[]> => {
    const spent = new Map<string, number[]>(names.map((name) => [name, []]))
    for (let round = 0; round < rounds; round++) {
      for (const name of shuffled(names)) {
        const { state, assertions } = classes[name] as Class
        const assertion = oneOf(assertions)
        const request = {
          credentials: { clientId: CLIENT, assertion },
          requester: { address: '192.0.2.1', userAgent: '' },
        }
        const begunAt = process.hrtime.bigint()
        const outcome = await authenticateByAssertion(state, ports, request)
        spent.get(name)?.push(Number(process.hrtime.bigint() - begunAt))
        if (outcome.ok) throw new Error(`accepted: ${name}`)
      }
    }
    return names
      .map((name) => ({ name, times: spent.get(name) ?? [], reference: spent.get(classes[name]?.like ?? '') ?? [] }))
      .filter(({ times, reference }) => times !== reference)
  }
}

interface Shape {
  readonly alg: TestAlgorithm
  readonly hasKid: boolean
  readonly different: number
  /** The key of the client. */
  readonly key: TestKey
}

function classesOf({ alg, hasKid, different, key }: Shape): Readonly<Record<string, Class>> {
  const foreign = aClientKey(alg, 'own')
  const texts = (signer: TestKey, kid = 'own'): readonly string[] => {
    const sender = { clientId: CLIENT, issuer: ISSUER, key: signer }
    const header = hasKid ? { kid } : { kid: undefined }
    return Array.from({ length: different }, () => anAssertion(sender, { iat: NOW, exp: NOW + 60 }, header))
  }
  const own = credentialOf(key)
  const known = stateOf({}, own)
  const [wrong, right] = [texts(foreign), texts(key)]
  // Each reason has its own copies of the assertions. Bytes that several reasons share would be in the CPU cache more
  // often.
  const refused = (state: IntegrationState | undefined, sent = wrong): Class => ({
    state,
    assertions: sent.map(readOwn),
    like: WRONG,
  })
  // The refusal of an assertion with a right signature may take longer. Only the holder of the key can make a right
  // signature, so these refusals are compared with each other.
  const signed = (state: IntegrationState): Class => ({ state, assertions: right.map(readOwn), like: RIGHT })
  return {
    [WRONG]: refused(known),
    'another wrong signature': refused(known, texts(aClientKey(alg, 'own'))),
    'unknown client': refused(undefined),
    'unknown key': refused(known, texts(foreign, 'other')),
    'ended key': refused(stateOf({}, credentialOf(key, true)), right),
    'no key': refused(stateOf({}), right),
    'key of another algorithm': refused(stateOf({}, otherAlgorithm(alg))),
    ...(isRsa(alg) && { 'key of another size': refused(stateOf({}, largerKey(alg))) }),
    'disabled client, wrong signature': refused(stateOf({ enabled: false }, own)),
    'client limited to addresses, wrong signature': refused(stateOf({ allowedAddresses: RANGES }, own)),
    'jwks_uri, wrong signature': refused(stateOf({}, SOURCE)),
    'jwks_uri, unknown key': refused(stateOf({}, SOURCE), texts(foreign, 'other')),
    // This client has one allowed range, because the address of a disabled client is compared with one stand-in range.
    [RIGHT]: signed(stateOf({ allowedAddresses: RANGES.slice(0, 1) }, { ...own, maxLifetimeSeconds: 59 })),
    'disabled client': signed(stateOf({ enabled: false }, own)),
    'disabled client limited to addresses': signed(stateOf({ enabled: false, allowedAddresses: RANGES }, own)),
  }
}

function readOwn(text: string): OwnAssertion {
  const read = readClientAssertion(text)
  if (!read.ok || read.value.kind !== 'own') throw new Error('the assertion is not that of a client')
  return read.value
}

const stateOf = (
  changes: Partial<IntegrationState['integration']>,
  ...credentials: readonly Credential[]
): IntegrationState => ({
  integration: { ...newIntegration(CLIENT).integration, secrets: [], credentials, ...changes },
  slots: [],
})

const credentialOf = ({ jwk }: Pick<TestKey, 'jwk'>, isEnded = false): ClientKey => {
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

/** The key of a client with a jwks_uri, as the server has it after a fetch. */
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

const isRsa = (alg: TestAlgorithm): boolean => alg === 'RS256' || alg === 'PS256'

const otherAlgorithm = (alg: TestAlgorithm): ClientKey =>
  credentialOf(aClientKey(alg === 'ES256' ? 'EdDSA' : 'ES256', 'own'))

/** An RSA key whose signatures are longer than those of the other RSA keys in this file. */
function largerKey(alg: TestAlgorithm): ClientKey {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 })
  return credentialOf({ jwk: { ...publicKey.export({ format: 'jwk' }), alg, kid: 'own' } })
}

const oneOf = <Value>(values: readonly Value[]): Value => values[Math.floor(Math.random() * values.length)] as Value

function shuffled<Value>(values: readonly Value[]): readonly Value[] {
  const left = [...values]
  return values.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0] as Value)
}
