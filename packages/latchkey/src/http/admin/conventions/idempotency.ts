// The Idempotency-Key header: a request that is sent twice is carried out once.
import { createHash } from 'node:crypto'
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { IdempotencyKey } from '../../../operations/create-integration.ts'
import { admittedAs } from '../access/admitted.ts'
import { invalidRequest, type Problem } from '../problems/problem.ts'

/** Undefined if the header was not sent. Two callers with the same key do not meet: the digest holds the caller. */
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

/** The store keeps only a digest, because a request may hold secrets that other operators must not read. */
const digest = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

const KEY_UNUSABLE = invalidRequest(
  'The header Idempotency-Key must have 1 to 128 printable characters of ASCII, without a space.',
)

export const KEY_REUSED: Problem = {
  code: 'idempotency_key_reused',
  detail:
    'This Idempotency-Key was sent within the last day with another request, or what it made is gone by now. Take a new key for a new request.',
}

/** Marks the answer to a repeated request, which was carried out before. */
export const markReplay = (reply: FastifyReply): FastifyReply => reply.header('idempotency-replayed', 'true')
