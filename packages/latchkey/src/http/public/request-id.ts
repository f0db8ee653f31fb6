// The request id: taken from the caller when it is harmless, made here otherwise.
import { randomBytes } from 'node:crypto'
import type { PublicRequest } from './public-request.ts'

const HARMLESS = /^[A-Za-z0-9._-]{1,64}$/
const process = randomBytes(6).toString('hex')
let count = 0

export function requestIdOf(request: PublicRequest): string {
  const given = request.header('x-request-id')
  return given !== undefined && HARMLESS.test(given) ? given : newRequestId()
}

/** Unique among processes by chance, within this one by counting: the hot path draws no random bytes for it. */
export const newRequestId = (): string => `req_${process}${(++count).toString(36)}`
