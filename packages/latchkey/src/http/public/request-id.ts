// The request id: taken from the caller when it is harmless, made here otherwise.
import { randomBytes } from 'node:crypto'

const HARMLESS = /^[A-Za-z0-9._-]{1,64}$/
const process = randomBytes(6).toString('hex')
let count = 0

/** `given` is what the caller calls its request, if anything. */
export const requestIdFrom = (given: string | undefined): string =>
  given !== undefined && HARMLESS.test(given) ? given : newRequestId()

/** Unique among processes by chance, within this one by counting: the hot path draws no random bytes for it. */
export const newRequestId = (): string => `req_${process}${(++count).toString(36)}`
