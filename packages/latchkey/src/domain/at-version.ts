// The version check of every change: nobody overwrites what somebody else changed since they looked.
import { accept, refuse, type Result } from '@latchkey/protocol'

/** Somebody else changed the record since the caller read it. `version` is the version that it has now. */
export interface VersionConflict {
  readonly reason: 'version_conflict'
  readonly version: number
}

/** The record, if it has the version that the caller read. Undefined accepts every version. */
export const atVersion = <Versioned extends { readonly version: number }>(
  record: Versioned,
  version: number | undefined,
): Result<Versioned, VersionConflict> =>
  version === undefined || version === record.version
    ? accept(record)
    : refuse({ reason: 'version_conflict', version: record.version })
