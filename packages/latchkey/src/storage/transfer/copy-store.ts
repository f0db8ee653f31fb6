// Moves a whole store to another engine: every row, compared afterwards, with all live tokens as they are.
import { CopyRefused } from './copy-refused.ts'
import { TableDigest } from './digest.ts'
import { openStillDatabase } from './still-database.ts'
import { openStillFolder } from './still-folder.ts'
import { type StillStore, type StoreFacts, type Table, TABLES } from './tables.ts'

/** Where a store is. */
export type CopyPlace =
  { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'database'; readonly url: string }

export interface CopyProgress {
  /** Rows of all tables together. */
  readonly done: number
  readonly all: number
  readonly table: string
}

export interface Copied {
  readonly rows: number
  readonly tables: readonly { readonly name: string; readonly rows: number }[]
}

/** Throws `CopyRefused`, and errors of files and connections. What was copied is there as a whole or not at all. */
export async function copyStore(
  from: CopyPlace,
  to: CopyPlace,
  tell: (progress: CopyProgress) => void | Promise<void>,
): Promise<Copied> {
  const source = await open(from, 'source')
  try {
    const { facts } = source
    if (facts === undefined)
      throw new CopyRefused(
        'There is no store to copy: the source has never been started. Name a place that holds one.',
      )
    const target = await open(to, 'target')
    try {
      if (target.facts !== undefined) {
        throw new CopyRefused('The target holds a store already. Copy to a new folder or to an empty database.')
      }
      return await pour(source, target, facts, TABLES, tell)
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** Fills the target with these tables of the source and with these facts, then compares every row. */
export async function pour(
  source: StillStore,
  target: StillStore,
  facts: StoreFacts,
  tables: readonly Table[],
  tell: (progress: CopyProgress) => void | Promise<void>,
): Promise<Copied> {
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

async function compare(target: StillStore, tables: readonly Table[], expected: readonly TableDigest[]): Promise<void> {
  for (const [at, table] of tables.entries()) {
    const found = new TableDigest(table)
    for await (const rows of target.rows(table)) found.add(rows)
    if (found.text === expected[at]?.text) continue
    throw new Error(
      `The copy of ${table.name} differs from what was read (${found.text}; ${expected[at]?.text ?? ''}). Start no server on it: remove it, and ask again.`,
    )
  }
}

const open = (place: CopyPlace, as: 'source' | 'target'): Promise<StillStore> =>
  place.kind === 'folder' ? openStillFolder(place.path, as, 'refused') : openStillDatabase(place.url)
