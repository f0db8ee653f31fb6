// Optimistic concurrency: the version of a record as its ETag, and the version in If-Match (RFC 9110 §13.1.1).
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { FastifyRequest } from 'fastify'
import { invalidRequest, type Problem } from '../problems/problem.ts'

/** A strong entity tag: two records with the same tag are equal. */
export const etagOf = (version: number): string => `"v${String(version)}"`

/**
 * Returns the version that the caller has read. Undefined for `*`, which matches every version. Refuses a missing
 * header.
 */
export function requiredVersion({ headers }: FastifyRequest): Result<number | undefined, Problem> {
  return headers['if-match'] === undefined ? refuse(IF_MATCH_NEEDED) : readVersion(headers['if-match'])
}

/** Like `requiredVersion`, but returns undefined if the header is missing. */
export function optionalVersion({ headers }: FastifyRequest): Result<number | undefined, Problem> {
  return headers['if-match'] === undefined ? accept(undefined) : readVersion(headers['if-match'])
}

export const staleVersion = (version: number): Problem => ({
  code: 'stale_version',
  detail: `The record is at version ${String(version)} now. Read the record again, check what changed, and send your change with the new ETag in If-Match.`,
})

function readVersion(header: string): Result<number | undefined, Problem> {
  if (header.trim() === '*') return accept(undefined)
  const digits = /^\s*"v([1-9][0-9]{0,14})"\s*$/.exec(header)?.[1]
  return digits === undefined ? refuse(IF_MATCH_UNUSABLE) : accept(Number(digits))
}

const IF_MATCH_NEEDED: Problem = {
  code: 'if_match_needed',
  detail:
    'Read the record, and send its ETag in the If-Match header, so that you do not overwrite the change of another operator.',
}

const IF_MATCH_UNUSABLE = invalidRequest(
  'The header If-Match must be one ETag as the record was read with, such as "v3" with its quotes, or *.',
)
