// Sends a manifest to the server, a hundred entries at a time. The server applies each chunk completely or not at all.
import type { Manifest, ManifestOutcome } from '../../http/contract/admin-api.ts'
import type { AdminClient } from '../admin-api/admin-client.ts'
import { CliFailure } from '../cli-failure.ts'
import { printable } from '../terminal.ts'
import { type ManifestFile, type Entry, LISTS, type ListName, nameOf } from './read-manifest.ts'

/** What the server did with one entry. */
export type AppliedEntry = ManifestOutcome['items'][number]

/** A part of a manifest. Its entries are not validated here, because the server validates them. */
type ManifestChunk = Pick<Manifest, 'dry_run' | 'pending_scopes' | 'pending_issuers'> &
  Partial<Record<ListName, readonly Entry[]>>

interface Chunk {
  readonly list: ListName
  /** The index of its first entry in the list of the manifest. */
  readonly from: number
  readonly entries: readonly Entry[]
}

const CHUNK = 100

/**
 * Sends the issuers and the scopes first, because other entries refer to them. Throws `CliFailure` at the first chunk
 * that the server refuses. Earlier chunks stay applied. An operator can repeat the command to apply the remaining
 * chunks.
 */
export async function* applyChunks(
  server: AdminClient,
  declared: ManifestFile,
  mode: 'apply' | 'dry_run',
): AsyncGenerator<readonly AppliedEntry[]> {
  const pending = declared.scopes.map(nameOf)
  for (const chunk of chunksOf(declared)) {
    const dryRun =
      mode === 'dry_run' ? { dry_run: true, pending_scopes: pending, ...pendingIssuers(declared, chunk) } : {}
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
    const entries = declared[list] ?? []
    // One request has all issuers, because the server deletes the issuers that a request leaves out. An empty list
    // deletes all of them.
    if (list === 'issuers') {
      if (declared.issuers !== undefined) yield { list, from: 0, entries }
      continue
    }
    for (let from = 0; from < entries.length; from += CHUNK) {
      yield { list, from, entries: entries.slice(from, from + CHUNK) }
    }
  }
}

/**
 * Returns the issuers of the manifest for a dry run of a later chunk, because a dry run stores no issuers that its
 * entries could refer to. The server has already checked these issuers in their own chunk.
 */
const pendingIssuers = ({ issuers }: ManifestFile, { list }: Chunk): Pick<ManifestChunk, 'pending_issuers'> =>
  issuers === undefined || list === 'issuers'
    ? {}
    : { pending_issuers: issuers.map(({ name, platform }) => ({ name, platform })) as PendingIssuers }

type PendingIssuers = NonNullable<Manifest['pending_issuers']>

/**
 * Translates the entry numbers in a refusal. The server counts the entries of a chunk, and an operator counts the
 * entries of the file.
 */
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
