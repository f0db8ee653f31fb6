// Opens the store that the configuration names, with the right storage engine.
import { refuse, type Secret } from '@latchkey/protocol'
import type { Backups } from '../ports/backups.ts'
import { type DataFolder, makeStoreFile } from './data-folder.ts'
import type { StartOptions, Store } from '../adapters/assemble-store.ts'
import { lockEmbeddedStore, type TornLog } from './embedded-store.ts'
import type { Deadlines } from './postgres/deadlines.ts'
import { reachPostgresStore } from './postgres-store.ts'

export interface OpenedStore {
  /**
   * The canary: a sealed value with which the start checks the master key. Undefined until the first start has
   * finished.
   */
  readonly canary: Uint8Array | undefined
  /**
   * The incomplete part at the end of the embedded store's write-ahead log. Undefined if the log was complete, and for
   * PostgreSQL.
   */
  readonly tornTail: TornLog | undefined
  /**
   * Loads the store, and fills a new store with its first records. `failed` resolves with the reason if the process
   * must end.
   */
  start(options: StartOptions): Promise<Store & { readonly backups: Backups; readonly failed: Promise<Error> }>
  /** Closes the store. Its content is unchanged. */
  abandon(): Promise<void>
}

export type StoreChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'postgres'; readonly url: Secret; readonly failover: 'asynchronous' | 'synchronous' }

/** Opens the store. `deadlines` apply only to PostgreSQL. */
export async function openStore(choice: StoreChoice, folder: DataFolder, deadlines?: Deadlines): Promise<OpenedStore> {
  if (choice.kind === 'embedded') {
    makeStoreFile(folder)
    return lockEmbeddedStore(folder.storeFile)
  }
  const reached = await reachPostgresStore(choice.url.reveal(), choice.failover, deadlines)
  return {
    canary: reached.canary,
    tornTail: undefined,
    start: async (options) => ({
      ...(await reached.start(options)),
      backups: { make: () => Promise.resolve(refuse({ reason: 'backed_up_elsewhere' })) },
      // This promise never resolves, because a server on PostgreSQL can always wait until the database returns.
      failed: new Promise(() => undefined),
    }),
    abandon: () => reached.abandon(),
  }
}
