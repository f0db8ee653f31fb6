// The embedded store on a temporary folder, without the server around it, for tests.
import { createSecretKey } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessTokenPayload, type Scope } from '@latchkey/protocol'
import { onTestFinished } from 'vitest'
import { MODEL, PREDICT, REFERENCE_APIS, REFERENCE_SCOPES } from '../src/domain/reference-catalog.ts'
import { type IssueMode, REPLACE } from '../src/domain/issue-mode.ts'
import { createAuditMac } from '../src/keys/audit-mac.ts'
import { createBackupSealing } from '../src/keys/backup-sealing.ts'
import { createRowSeal } from '../src/keys/row-seal.ts'
import { Sealing } from '../src/keys/sealing.ts'
import type { NewIntegration } from '../src/ports/integrations.ts'
import type { Signer } from '../src/ports/signer.ts'
import type { IssueAttempt, Slots } from '../src/ports/slots.ts'
import type { StartOptions, Store } from '../src/adapters/assemble-store.ts'
import { type EmbeddedStore, lockEmbeddedStore } from '../src/storage/embedded-store.ts'
import type { HistoryLimits } from '../src/storage/sqlite/history-log.ts'
import { RowMacs } from '../src/rows/row-macs.ts'
import { systemRandom } from '../src/system.ts'
import { TestClock } from './a-server.ts'

export interface TestStore extends EmbeddedStore {
  readonly tokens: Slots
  readonly clock: TestClock
}

/** The MAC function of the server, under a key that all test stores share. */
export const TEST_AUDIT_MAC = createAuditMac({ auditMac: createSecretKey(Buffer.alloc(32, 7)) })

/** The MAC function of the server for the seal of backups, under a key that all test stores share. */
export const TEST_BACKUP_SEALING = createBackupSealing({ backupSeal: createSecretKey(Buffer.alloc(32, 8)) })
const TEST_KEY_SEALING = createSecretKey(Buffer.alloc(32, 9))

/** The MAC function of the server for rows, under a key that all test stores share. */
export const TEST_ROW_SEAL = createRowSeal({
  rowMac: createSecretKey(Buffer.alloc(32, 8)),
  keySealing: TEST_KEY_SEALING,
})

const aCanary = (text: string): Uint8Array =>
  new Sealing(TEST_KEY_SEALING).seal({ table: 'store', row: '1', field: 'canary' }, Buffer.from(text))

/** The canary (a sealed value that states the format of the store) of versions whose rows had no MACs. */
export const PLAIN_CANARY = aCanary('this store and this master key belong together')

/** The canary of versions whose rows had MACs, except the rows of slots. */
export const SEALED_ROWS_CANARY = aCanary('this store and this master key belong together; its rows carry MACs')

export const TEST_ROW_MACS = new RowMacs(TEST_ROW_SEAL.mac)

export function aStoreFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-store-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return join(folder, 'latchkey.db')
}

/** Opens the store in `file`. A new file gets its initial content. The caller closes the store before the test ends. */
export async function openStore(
  file: string,
  defaultAudience = 'api://default',
  limits: HistoryLimits = {},
): Promise<TestStore> {
  const clock = new TestClock(1_800_000_000)
  const locked = await lockEmbeddedStore(file, limits)
  return withTokens(await locked.start(startOptions(clock, defaultAudience, locked.canary)), clock)
}

export const startOptions = (
  clock: TestClock,
  defaultAudience: string,
  canary: Uint8Array | undefined,
): StartOptions => ({
  clock,
  auditMac: TEST_AUDIT_MAC,
  backupSealing: TEST_BACKUP_SEALING,
  rowSeal: TEST_ROW_SEAL,
  defaultAudience,
  ...(canary === undefined && {
    firstContents: {
      scopes: REFERENCE_SCOPES.map((scope) => ({ ...scope, audience: null })),
      apis: REFERENCE_APIS.map((api, index) => ({ ...api, id: `api_${String(index)}`, version: 1 })),
      signingKeys: [],
      adminKeys: [],
    },
  }),
})

export function withTokens<Opened extends Store>(store: Opened, clock: TestClock) {
  const issuer = 'https://issuer.test'
  return {
    ...store,
    clock,
    tokens: store.slots({ signer: unsigned, issuer, lifetimeSeconds: 3600, random: systemRandom }),
  }
}

/** A signer whose tokens are the claims as JSON, because these tests need no signatures. */
export const unsigned: Signer = {
  kid: 'none',
  sign: (claims, signed) => {
    queueMicrotask(() => {
      signed(undefined, accessTokenPayload(claims))
    })
  },
}

export const newIntegration = (clientId: string, mode: IssueMode = REPLACE, graceSeconds = 0): NewIntegration => ({
  profile: { id: `int_${clientId}`, name: clientId, description: '', tags: [], createdAt: 1_800_000_000 },
  integration: {
    clientId,
    enabled: true,
    version: 1,
    secrets: [{ id: `sec_${clientId}`, hash: '\u00ff'.repeat(32), endsAt: undefined }],
    credentials: [],
    resourceServerFor: [],
    mode,
    graceSeconds,
    conditional: true,
    allowedAddresses: [],
  },
  scopes: [PREDICT, MODEL],
  sealedSecret: null,
  secretOrigin: 'generated',
  firstGeneration: 0,
})

export const attempt = (clientId: string, scope: Scope = PREDICT, userAgent = 'test'): IssueAttempt => ({
  client: { clientId, credentialId: `sec_${clientId}` },
  scope,
  requester: { address: '127.0.0.1', userAgent },
})
