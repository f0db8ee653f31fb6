// Makes a store with many integrations, through the interface of the store, and writes their credentials to a file.
import { appendFileSync, writeFileSync } from 'node:fs'
import { SYSTEM } from '../../packages/latchkey/src/domain/audit-event.ts'
import type { Credential } from '../../packages/latchkey/src/domain/credential.ts'
import { REPLACE } from '../../packages/latchkey/src/domain/issue-mode.ts'
import { MODEL, PREDICT } from '../../packages/latchkey/src/domain/reference-catalog.ts'
import { USUAL_PLATFORM_LIFETIME } from '../../packages/latchkey/src/domain/trust-rule.ts'
import { issuerCreated, newTrustedIssuer } from '../../packages/latchkey/src/operations/trusted-issuers.ts'
import type { NewIntegration } from '../../packages/latchkey/src/ports/integrations.ts'
import type { Signer } from '../../packages/latchkey/src/ports/signer.ts'
import type { SecretVault } from '../../packages/latchkey/src/ports/secret-vault.ts'
import { systemClock, systemRandom } from '../../packages/latchkey/src/system.ts'
import { aKeyCredential } from '../../packages/latchkey/test/client-assertions.ts'
import { issueFrom } from '../../packages/latchkey/test/issue-from.ts'
import type { Store } from '../../packages/latchkey/src/adapters/assemble-store.ts'
import { makeAssertionKeys, PLATFORM_URL, subjectOf } from '../assertion-keys.ts'
import { type BenchClient, clientLine } from '../clients.ts'
import { openStore } from '../open-store.ts'
import { answerJobs } from '../jobs.ts'

export interface FillJob {
  readonly dataDir: string
  readonly count: number
  readonly signingAlg: string
  readonly clientsFile: string
  /** The URL of PostgreSQL. Undefined for the embedded store. */
  readonly database?: string | undefined
  /** `live`: every integration gets a live token for each of its scopes, as after a day of use. */
  readonly slots: 'empty' | 'live'
  /** `all`: besides its secret each client has a key of each algorithm and a trust rule. Default: only the secret. */
  readonly credentials?: 'all' | undefined
  /** Gets the private keys of the assertions. */
  readonly keysFile: string
}

const BATCH = 2000
const REQUESTER = { address: '127.0.0.1', userAgent: 'bench' }
const LIFETIME_SECONDS = 3600

// The store keeps the claims of a token and never its text. So the text can be a placeholder, and no time is spent on
// signing.
const unsigned: Signer = {
  kid: 'none',
  sign: (_claims, signed) => {
    queueMicrotask(() => {
      signed(undefined, '')
    })
  },
}

answerJobs<FillJob, undefined>(async (job) => {
  const { dataDir, count, signingAlg, clientsFile, database, slots: wanted } = job
  const { store, vault } = await openStore({ dataDir, signingAlg, database })
  const slots = store.slots({
    ...{ signer: unsigned, issuer: 'http://127.0.0.1', lifetimeSeconds: LIFETIME_SECONDS, random: systemRandom },
  })
  const credentialsOf = job.credentials === 'all' ? await assertionCredentials(store, job.keysFile) : () => []
  writeFileSync(clientsFile, '', { mode: 0o600 })
  for (let made = 0; made < count; made += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - made) }, (_, i) =>
      newIntegration(vault, credentialsOf, made + i),
    )
    const created = await store.integrations.create(
      batch.map(({ integration }) => integration),
      [],
    )
    if (!created.ok) throw new Error(created.refusal.reason)
    appendFileSync(clientsFile, batch.map(({ client }) => clientLine(client)).join(''))
    if (wanted === 'empty') continue
    const attempts = batch.flatMap(({ integration }) =>
      integration.scopes.map((scope) => ({ scope, requester: REQUESTER, client: authenticated(integration) })),
    )
    const outcomes = await Promise.all(attempts.map((attempt) => issueFrom(slots, attempt)))
    if (outcomes.some((outcome) => !outcome.ok)) throw new Error('a token was refused')
  }
  await store.close()
  return undefined
})

type CredentialsOf = (clientId: string) => readonly Credential[]

/**
 * Makes the keys and the trusted issuer of a run. Returns a function that lists a client's credentials besides its
 * secret.
 */
async function assertionCredentials({ trustedIssuers }: Store, keysFile: string): Promise<CredentialsOf> {
  const keys = makeAssertionKeys(keysFile)
  const issuer = newTrustedIssuer(
    { clock: systemClock, random: systemRandom },
    {
      ...{ name: 'platform', url: PLATFORM_URL, platform: 'kubernetes', audience: undefined, tlsCa: undefined },
      keys: { source: 'inline', keys: [keys.platform.jwk] },
      ...{ algorithms: [keys.platform.alg], staleSeconds: 3600, enabled: true },
    },
  )
  const created = await trustedIssuers.create(issuer, issuerCreated(SYSTEM, issuer))
  if (!created.ok) throw new Error(created.refusal.reason)
  return (clientId) => [
    ...Object.values(keys.own).map((key) => aKeyCredential(`key_${identifier()}`, key)),
    {
      ...{ kind: 'trust', id: `tru_${identifier()}`, issuerId: issuer.id, reuse: 'until_expiry' },
      matchers: [
        { claim: ['sub'], equals: subjectOf(clientId) },
        { claim: ['kubernetes.io', 'pod', 'uid'], present: true },
      ],
      ...{ maxLifetimeSeconds: USUAL_PLATFORM_LIFETIME, endsAt: undefined, note: undefined, hasEnded: false },
    },
  ]
}

const identifier = (): string => systemRandom.uuid().replaceAll('-', '')

function newIntegration(
  vault: SecretVault,
  credentialsOf: CredentialsOf,
  number: number,
): { readonly integration: NewIntegration; readonly client: BenchClient } {
  const { secret, hash } = vault.generate()
  const clientId = vault.generateClientId()
  const secretId = `sec_${identifier()}`
  const integration: NewIntegration = {
    profile: {
      id: `int_${identifier()}`,
      name: `Bench ${String(number)}`,
      description: '',
      tags: [],
      createdAt: systemClock.now(),
    },
    integration: {
      clientId,
      enabled: true,
      version: 1,
      secrets: [{ id: secretId, hash, endsAt: undefined }],
      credentials: credentialsOf(clientId),
      resourceServerFor: [],
      mode: REPLACE,
      graceSeconds: 0,
      conditional: true,
      allowedAddresses: [],
    },
    scopes: [PREDICT, MODEL],
    sealedSecret: vault.seal(secretId, secret),
    secretOrigin: 'generated',
    firstGeneration: 0,
  }
  return { integration, client: { clientId, clientSecret: secret.reveal() } }
}

const authenticated = ({ integration: { clientId, secrets } }: NewIntegration) => ({
  clientId,
  credentialId: secrets[0]?.id ?? '',
})
