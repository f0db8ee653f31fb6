// The body that goes on with a request: as it comes, and no longer than allowed.
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { BodyLimit } from './body-limit.ts'
import { isBodiless } from './identity.ts'

// RFC 9110 §8.3.1. What follows the semicolon is for the API to read.
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/

/** False for a request whose Content-Type is no media type. A GET or HEAD is passed on without it. */
export const isTypeReadable = ({ method = '', headers }: IncomingMessage): boolean => {
  const type = headers['content-type']
  return type === undefined || isBodiless(method) || MEDIA_TYPE.test(type)
}

/**
 * Returns the body of a request. Undefined if the request has none, or if its method gives a body no meaning.
 *
 * @param mostBytes of a body that does not say beforehand how long it is
 */
export function passedBody(request: IncomingMessage, mostBytes: number): Readable | undefined {
  const { method = '', headers } = request
  if (isBodiless(method)) return undefined
  if (headers['transfer-encoding'] !== undefined) return request.pipe(new BodyLimit(mostBytes))
  return Number(headers['content-length'] ?? 0) > 0 ? request : undefined
}
