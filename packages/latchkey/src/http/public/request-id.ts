// The id of a request: the id that the caller sent if its form is harmless, otherwise a new one.
import { randomBytes } from 'node:crypto'

const HARMLESS = /^[A-Za-z0-9._-]{1,64}$/
const process = randomBytes(6).toString('hex')
let count = 0

/** @param given the id that the caller sent, if any */
export const requestIdFrom = (given: string | undefined): string =>
  given !== undefined && HARMLESS.test(given) ? given : newRequestId()

/**
 * New ids are unique: each process has a random prefix and counts its requests. So the hot path draws no random bytes.
 */
export const newRequestId = (): string => `req_${process}${(++count).toString(36)}`
