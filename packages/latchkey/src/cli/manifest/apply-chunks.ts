// Sends a manifest to the server, a hundred entries at a time. The server applies each chunk completely or not at all.
import type { Manifest, ManifestOutcome } from '../../http/contract/admin-api.ts'
import type { AdminClient } from '../admin-api/admin-client.ts'
import { CliFailure } from '../cli-failure.ts'
import { printable } from '../terminal.ts'
import { type ManifestFile, type Entry, LISTS, type ListName, nameOf } from './read-manifest.ts'

/** What the server did with one entry. */
export type AppliedEntry = ManifestOutcome['items'][number]

/** A part of a manifest. The server validates the entries, which a person wrote. */
type ManifestChunk = Pick<Manifest, 'dry_run' | 'pending_scopes'> & Partial<Record<ListName, readonly Entry[]>>

interface Chunk {
  readonly list: ListName
  /** The index of its first entry in the list of the manifest. */
  readonly from: number
  readonly entries: readonly Entry[]
}

const CHUNK = 100

/**
 * Sends the scopes first, because other entries refer to them. Throws `CliFailure` at the first chunk that the server
 * refuses. Earlier chunks stay applied, and the same command continues from there.
 */
export async function* applyChunks(
  server: AdminClient,
  declared: ManifestFile,
  mode: 'apply' | 'dry_run',
): AsyncGenerator<readonly AppliedEntry[]> {
  const pending = declared.scopes.map(nameOf)
  for (const chunk of chunksOf(declared)) {
    const dryRun = mode === 'dry_run' ? { dry_run: true, pending_scopes: pending } : {}
    const applied = await server
      .post<ManifestOutcome, ManifestChunk>('/apply', { [chunk.list]: chunk.entries, ...dryRun })
      .catch((error: unknown) => {
        throw error instanceof CliFailure ? inTermsOfTheFile(error, chunk) : error
      })
    yield applied.items
  }
}

function* chunksOf(declared: ManifestFile): Generator<Chunk> {
  for (const list of LISTS) {
    for (let from = 0; from < declared[list].length; from += CHUNK) {
      yield { list, from, entries: declared[list].slice(from, from + CHUNK) }
    }
  }
}

/** Translates the indexes of a refusal. The server counts within the chunk, and the operator within the file. */
function inTermsOfTheFile(failure: CliFailure, { list, from, entries }: Chunk): CliFailure {
  const inChunk = new RegExp(`/${list}/([0-9]+)`, 'g')
  let named = ''
  const message = failure.message.replace(inChunk, (_, index: string) => {
    const entry = entries[Number(index)]
    if (entry !== undefined && named === '') named = ` That is "${printable(nameOf(entry))}".`
    return `/${list}/${String(from + Number(index))}`
  })
  const { code, exitCode, facts } = failure
  return new CliFailure({ code, exitCode, message: `${message}${named}` }, { ...facts, list, from })
}
