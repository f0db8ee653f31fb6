// The version check for changes of a record. It keeps a caller from overwriting a change that the caller has not read.
import { accept, refuse, type Result } from '@latchkey/protocol'

/** The record changed after the caller read it. `version` is its present version. */
export interface VersionConflict {
  readonly reason: 'version_conflict'
  readonly version: number
}

/**
 * Returns the record if it still has the version that the caller read. If `version` is undefined, any version is
 * accepted.
 */
export const atVersion = <Versioned extends { readonly version: number }>(
  record: Versioned,
  version: number | undefined,
): Result<Versioned, VersionConflict> =>
  version === undefined || version === record.version
    ? accept(record)
    : refuse({ reason: 'version_conflict', version: record.version })
