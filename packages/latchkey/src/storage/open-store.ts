// Opens the store that the configuration names. The callers do not depend on its engine.
import { refuse, type Secret } from '@latchkey/protocol'
import type { Backups } from '../ports/backups.ts'
import { type DataFolder, makeStoreFile } from './data-folder.ts'
import type { StartOptions, Store } from '../adapters/assemble-store.ts'
import { lockEmbeddedStore, type TornLog } from './embedded-store.ts'
import type { Deadlines } from './postgres/deadlines.ts'
import { reachPostgresStore } from './postgres-store.ts'

export interface OpenedStore {
  /** Proves the master key. Undefined before the first start has finished. */
  readonly canary: Uint8Array | undefined
  /** For the embedded store. Undefined if the write-ahead log was whole. */
  readonly tornTail: TornLog | undefined
  /** Loads the store, and fills it if it is new. `failed` resolves when the process must end. */
  start(options: StartOptions): Promise<Store & { readonly backups: Backups; readonly failed: Promise<Error> }>
  /** Closes the store without having changed its content. */
  abandon(): Promise<void>
}

export type StoreChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'postgres'; readonly url: Secret; readonly failover: 'asynchronous' | 'synchronous' }

/** `deadlines` apply to a database only. */
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
      // This process can always wait until the database returns.
      failed: new Promise(() => undefined),
    }),
    abandon: () => reached.abandon(),
  }
}
