// Copies a whole store, including its live tokens, to another storage engine, and compares every row.
import { CopyRefused } from './copy-refused.ts'
import { TableDigest } from './digest.ts'
import { openOfflineDatabase } from './offline-database.ts'
import { openOfflineFolder } from './offline-folder.ts'
import { type OfflineStore, type StoreFacts, type Table, TABLES } from './tables.ts'

/** The location of a store. */
export type StoreLocation =
  { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'database'; readonly url: string }

export interface CopyProgress {
  /** The number of copied rows, and in `all` the number of rows in all tables. */
  readonly done: number
  readonly all: number
  readonly table: string
}

export interface Copied {
  readonly rows: number
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
}

/**
 * Copies the store. If the copy fails, the target stays empty. Throws `CopyRefused`, and errors of files and
 * connections.
 */
export async function copyStore(
  from: StoreLocation,
  to: StoreLocation,
  tell: (progress: CopyProgress) => void | Promise<void>,
): Promise<Copied> {
  const source = await open(from, 'source')
  try {
    const { facts } = source
    if (facts === undefined)
      throw new CopyRefused(
        'There is no store to copy: no server was ever started on the source. Name the location of a store.',
      )
    const target = await open(to, 'target')
    try {
      if (target.facts !== undefined) {
        throw new CopyRefused('The target already contains a store. Copy to a new folder or to an empty database.')
      }
      return await copyRows({ source, target, facts, tables: TABLES, tell })
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

interface Copying {
  readonly source: OfflineStore
  readonly target: OfflineStore
  /** The facts about the whole store that are copied to the target. */
  readonly facts: StoreFacts
  readonly tables: readonly Table[]
  readonly tell: (progress: CopyProgress) => void | Promise<void>
}

/** Fills the target with the tables of the source, then compares every row. Throws if a table differs. */
export async function copyRows({ source, target, facts, tables, tell }: Copying): Promise<Copied> {
  let all = 0
  for (const table of tables) all += await source.count(table)
  const digests = tables.map((table) => new TableDigest(table))
  let done = 0
  await target.fill(facts, async (write) => {
    for (const [at, table] of tables.entries()) {
      for await (const rows of source.rows(table)) {
        await write(table, rows)
        digests[at]?.add(rows)
        done += rows.length
        await tell({ done, all, table: table.name })
      }
    }
  })
  await compare(target, tables, digests)
  return { rows: done, tables: tables.map(({ name }, at) => ({ name, rows: digests[at]?.count ?? 0 })) }
}

async function compare(
  target: OfflineStore,
  tables: readonly Table[],
  expected: readonly TableDigest[],
): Promise<void> {
  for (const [at, table] of tables.entries()) {
    const found = new TableDigest(table)
    for await (const rows of target.rows(table)) found.add(rows)
    if (found.text === expected[at]?.text) continue
    throw new Error(
      `The copy of ${table.name} differs from the source (${found.text}; ${expected[at]?.text ?? ''}). Do not start a server on it. Remove it, and copy again.`,
    )
  }
}

const open = (place: StoreLocation, as: 'source' | 'target'): Promise<OfflineStore> =>
  place.kind === 'folder' ? openOfflineFolder(place.path, as, 'refused') : openOfflineDatabase(place.url)
