// The id of a request: the id that the caller sent if it is safe to log, otherwise a new id.
import { randomBytes } from 'node:crypto'

const HARMLESS = /^[A-Za-z0-9._-]{1,64}$/
const process = randomBytes(6).toString('hex')
let count = 0

/** @param given the id that the caller sent, if any */
export const requestIdFrom = (given: string | undefined): string =>
  given !== undefined && HARMLESS.test(given) ? given : newRequestId()

/**
 * Returns a unique id: the random prefix of this process and a count. A random number for each request would be slower.
 */
export const newRequestId = (): string => `req_${process}${(++count).toString(36)}`
