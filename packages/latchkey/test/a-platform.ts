// A platform that signs assertions about workloads, and the calls that make a server trust it.
import { pino } from 'pino'
import { KeyFetches } from '../src/metrics/counters.ts'
import type { AssertionSignatures } from '../src/ports/assertion-signatures.ts'
import type { TrustedIssuerKeys } from '../src/ports/trusted-issuer-keys.ts'
import type { TrustedIssuers } from '../src/ports/trusted-issuers.ts'
import { openTrustedIssuerKeys } from '../src/server/trusted-issuer-keys.ts'
import { systemClock } from '../src/system.ts'
import { testConfig, type TestServer } from './a-server.ts'
import { aClientKey, assertionForm, type Json, signed, type TestAlgorithm, type TestKey } from './client-assertions.ts'
import { admin } from './postgres/replicas.ts'

export interface TestPlatform {
  readonly name: string
  readonly url: string
  readonly key: TestKey
  /** The request body that registers the platform as a trusted issuer with inline keys. */
  readonly registration: Json
  /**
   * Signs claims. Adds the usual `iss`, `aud`, `iat` and `exp` unless the claims contain them. A member that is
   * undefined is left out. Signs with `signer` if it is given, and otherwise with the key of the platform.
   */
  sign(claims: Json, header?: Json, signer?: TestKey): string
}

export function aPlatform(
  server: Pick<TestServer, 'issuer'>,
  {
    name = 'prod-cluster',
    platform = 'kubernetes',
    url,
    alg = 'RS256',
    now: fixed,
  }: {
    readonly name?: string
    readonly platform?: string
    readonly url?: string
    readonly alg?: TestAlgorithm
    /** The time of the signature, in seconds. Default: the present time. */
    readonly now?: number
  } = {},
): TestPlatform {
  const issuer = url ?? `https://${name}.test`
  const key = aClientKey(alg, `${name}-1`)
  const use = platform === 'spiffe' ? 'jwt-svid' : 'sig'
  return {
    ...{ name, url: issuer, key },
    registration: {
      ...{ name, url: issuer, platform, algorithms: [alg] },
      keys: { source: 'inline', keys: [{ ...key.jwk, use }] },
    },
    sign: (claims, header = {}, signer = key) => {
      const now = fixed ?? Math.floor(Date.now() / 1000)
      const usual = { iss: issuer, aud: [server.issuer], iat: now, nbf: now, exp: now + 3607 }
      // Kubernetes and SPIRE write no typ.
      return signed({ alg, kid: key.kid, ...header }, { ...usual, ...claims }, signer)
    },
  }
}

/** The claims of a projected service account token. */
export const podClaims = (namespace = 'payments', account = 'worker', more: Json = {}): Json => ({
  sub: `system:serviceaccount:${namespace}:${account}`,
  'kubernetes.io': {
    namespace,
    node: { name: 'node-1', uid: 'b1a9' },
    pod: { name: `${account}-7d4b9`, uid: '5ad3-11' },
    serviceaccount: { name: account, uid: '0c4e' },
  },
  ...more,
})

export const podRule = (issuer: string, namespace = 'payments', account = 'worker'): Json => ({
  kind: 'trust',
  issuer,
  claims: [
    { claim: ['sub'], equals: `system:serviceaccount:${namespace}:${account}` },
    { claim: ['kubernetes.io', 'pod', 'uid'], present: true },
  ],
})

/** The keys of the trusted issuers of a store, for tests without a whole server. */
export const issuerKeysOf = (
  { trustedIssuers }: { readonly trustedIssuers: TrustedIssuers },
  signatures: AssertionSignatures,
): TrustedIssuerKeys =>
  openTrustedIssuerKeys({
    ...{ trustedIssuers, signatures, clock: systemClock, logger: pino({ level: 'silent' }) },
    fetches: new KeyFetches(),
    mockIssuer: undefined,
    config: testConfig({}),
  })

/** Calls the admin API. Throws if the server refuses the request. */
export async function made(server: TestServer, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await admin(server, method, path, body)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`)
  return text === '' ? {} : (JSON.parse(text) as Json)
}

/** Requests a token with a platform's assertion. */
export const tokenOf = (
  server: Pick<TestServer, 'issuer'>,
  assertion: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(`${server.issuer}/v1/token`, {
    method: 'POST',
    body: assertionForm(assertion, { grant_type: 'client_credentials', scope: 'machinelearning.predict', ...more }),
  })
