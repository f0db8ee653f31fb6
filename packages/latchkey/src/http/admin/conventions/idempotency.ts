// The Idempotency-Key header: the server carries out a request only once, even if it is sent twice.
import { createHash } from 'node:crypto'
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IdempotencyKey } from '../../../operations/create-integration.ts'
import { admittedAs } from '../access/admitted.ts'
import { invalidRequest, type Problem } from '../problems/problem.ts'

/**
 * Returns the key of the request. Undefined if the header was not sent. Equal keys of two callers do not collide,
 * because the digest includes the caller.
 */
export function idempotencyKeyOf(request: FastifyRequest): Result<IdempotencyKey | undefined, Problem> {
  const key = request.headers['idempotency-key']
  if (key === undefined) return accept(undefined)
  if (typeof key !== 'string' || !/^[!-~]{1,128}$/.test(key)) return refuse(KEY_UNUSABLE)
  const requested = [request.method, request.url, request.headers['if-match'], request.body]
  return accept({
    key: digest([ownerOf(request), key]),
    request: digest(requested),
  })
}

function ownerOf(request: FastifyRequest): string {
  const admitted = admittedAs(request)
  return admitted.kind === 'admin_key' ? admitted.key.id : admitted.operator.id
}

/**
 * The store has only a digest of the request, because a request may contain secrets that other operators must not read.
 */
const digest = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

const KEY_UNUSABLE = invalidRequest(
  'The header Idempotency-Key must have 1 to 128 printable characters of ASCII, without a space.',
)

export const KEY_REUSED: Problem = {
  code: 'idempotency_key_reused',
  detail:
    'This Idempotency-Key was sent with another request within the last day, or the record that its request made no longer exists. Use a new key for a new request.',
}

/** Marks the answer to a repeated request. */
export const markReplay = (reply: FastifyReply): FastifyReply => reply.header('idempotency-replayed', 'true')
