// The embedded store: SQLite on its own thread, the truth in memory, one commit queue between them.
import { accept } from '@latchkey/protocol'
import type { Clock } from '../../ports/clock.ts'
import type { AdminKeys } from '../../ports/admin-keys.ts'
import type { Catalog } from '../../ports/catalog.ts'
import type { Integrations } from '../../ports/integrations.ts'
import type { SigningKeys } from '../../ports/signing-keys.ts'
import type { Slots } from '../../ports/slots.ts'
import type { StoreHealth } from '../../ports/store.ts'
import type { Disk, Write } from '../disk.ts'
import { adminKeyInsert, apiInsert, readSigningKey, scopeInsert, signingKeyInsert } from '../sqlite/catalog-rows.ts'
import { WorkerDisk } from '../sqlite/worker-disk.ts'
import { CommitQueue } from './commit-queue.ts'
import { configure } from './configuration.ts'
import { embeddedIntegrations } from './embedded-integrations.ts'
import { embeddedSlots } from './embedded-slots.ts'
import type { FirstContents } from './first-contents.ts'
import { Generations } from './generations.ts'
import type { IssuanceDeskPorts } from './issuance-desk.ts'
import { LiveState } from './live-state.ts'
import { loadAdminKeys, loadCatalog, loadIntegrations, reloadIntegrations } from './load.ts'
import { SlotIds } from './slot-ids.ts'

/** The store's file, locked for this process, its contents not yet trusted. */
export interface LockedStore {
  /** Proves the master key; undefined before the first start has finished. */
  readonly canary: Uint8Array | undefined
  /** Checks and checkpoints the file, then loads it. Throws `OpenStoreError`. */
  start(options: StartOptions): Promise<EmbeddedStore>
  /** Lets go of the file without having changed what it holds. */
  abandon(): Promise<void>
}

export interface StartOptions {
  readonly clock: Clock
  /** The `aud` of every scope that has none of its own. */
  readonly defaultAudience: string
  /** Written in one commit when the store is new. */
  readonly firstContents?: FirstContents
}

export interface EmbeddedStore extends StoreHealth {
  readonly integrations: Integrations
  readonly catalog: Catalog
  readonly adminKeys: AdminKeys
  readonly signingKeys: SigningKeys
  readonly slots: (ports: Omit<IssuanceDeskPorts, 'queue' | 'catalog' | 'clock'>) => Slots
  /** Erases every secret's sealed copy: from then on secrets are shown once only. */
  readonly eraseSealedSecrets: () => Promise<void>
  /** Resolves with the reason when the disk can no longer be trusted: stop answering and end the process. */
  readonly failed: Promise<Error>
}

/** Opens and locks the store in the file at `path`. Throws `OpenStoreError`. */
export async function lockEmbeddedStore(path: string): Promise<LockedStore> {
  const { disk, store } = await WorkerDisk.open(path)
  return {
    canary: (store?.['canary'] as Uint8Array | null | undefined) ?? undefined,
    start: async (options) => {
      try {
        await disk.start()
        return { ...(await runEmbeddedStore(disk, options)), failed: disk.failed }
      } catch (cause) {
        // Its thread would keep the process alive.
        await disk.abandon()
        throw cause
      }
    },
    abandon: () => disk.abandon(),
  }
}

/** The store over a disk that is open and checkpointed. */
export async function runEmbeddedStore(disk: Disk, options: StartOptions): Promise<Omit<EmbeddedStore, 'failed'>> {
  const { clock, firstContents } = options
  if (firstContents !== undefined) await disk.commit(firstWrites(firstContents, options.defaultAudience))
  const catalog = await loadCatalog(disk, options.defaultAudience)
  const live = new LiveState()
  const slotIds = new SlotIds(await loadIntegrations(disk, live))
  const adminKeys = await loadAdminKeys(disk)
  const queue = new CommitQueue(live, new Generations(), disk, (clientIds) => reloadIntegrations(disk, live, clientIds))
  const write = async (writes: readonly Write[]): Promise<void> => {
    await configure(queue, (batch) => accept(batch.writes.push(...writes)))
  }
  let closed: Promise<void> | undefined
  return {
    integrations: embeddedIntegrations({ queue, disk, clock, slotIds }),
    catalog,
    adminKeys,
    signingKeys: {
      all: async () => (await disk.read('signing_keys')).map(readSigningKey),
      replaceAll: (keys) => write([['delete_signing_keys'], ...keys.map(signingKeyInsert)]),
    },
    slots: (ports) => embeddedSlots({ ...ports, queue, catalog, clock }),
    eraseSealedSecrets: () => write([['erase_sealed_secrets']]),
    proveWrite: () => write([['probe']]),
    close: () => (closed ??= queue.close().then(() => disk.close())),
  }
}

const firstWrites = (contents: FirstContents, defaultAudience: string): readonly Write[] => [
  ['set_canary', contents.canary],
  ...contents.scopes.map((scope) => scopeInsert(scope, defaultAudience)),
  ...contents.apis.map(apiInsert),
  ...contents.signingKeys.map(signingKeyInsert),
  ...contents.adminKeys.map(adminKeyInsert),
]
