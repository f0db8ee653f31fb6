// Makes a store with many integrations, through the interface of the store, and writes their credentials to a file.
import { appendFileSync, writeFileSync } from 'node:fs'
import { REPLACE } from '../../packages/latchkey/src/domain/issue-mode.ts'
import { MODEL, PREDICT } from '../../packages/latchkey/src/domain/reference-catalog.ts'
import type { NewIntegration } from '../../packages/latchkey/src/ports/integrations.ts'
import type { Signer } from '../../packages/latchkey/src/ports/signer.ts'
import type { SecretVault } from '../../packages/latchkey/src/ports/secret-vault.ts'
import { systemClock, systemRandom } from '../../packages/latchkey/src/system.ts'
import { issueFrom } from '../../packages/latchkey/test/issue-from.ts'
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
  /** `live`: each slot of every integration gets a token, as after a day of use. */
  readonly slots: 'empty' | 'live'
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

answerJobs<FillJob, undefined>(async ({ dataDir, count, signingAlg, clientsFile, database, slots: wanted }) => {
  const { store, vault } = await openStore({ dataDir, signingAlg, database })
  const slots = store.slots({
    ...{ signer: unsigned, issuer: 'http://127.0.0.1', lifetimeSeconds: LIFETIME_SECONDS, random: systemRandom },
  })
  writeFileSync(clientsFile, '', { mode: 0o600 })
  for (let made = 0; made < count; made += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - made) }, (_, i) => newIntegration(vault, made + i))
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

function newIntegration(
  vault: SecretVault,
  number: number,
): { readonly integration: NewIntegration; readonly client: BenchClient } {
  const { secret, hash } = vault.generate()
  const clientId = vault.generateClientId()
  const identifier = (): string => systemRandom.uuid().replaceAll('-', '')
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
      credentials: [],
      resourceServerFor: [],
      mode: REPLACE,
      graceSeconds: 0,
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
