// The request body that the gateway passes on to an upstream, limited in size.
import type { IncomingMessage } from 'node:http'
import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { isBodiless } from './identity.ts'
import { BODY_TOO_LARGE } from './upstreams.ts'

// Matches a media type (RFC 9110 §8.3.1). The parameters after the semicolon are not checked, because only the API
// reads them.
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/

/**
 * Returns false if the Content-Type is not a media type. Returns true for GET and HEAD, which are passed on without
 * this header.
 */
export const isTypeReadable = ({ method = '', headers }: IncomingMessage): boolean => {
  const type = headers['content-type']
  return type === undefined || isBodiless(method) || MEDIA_TYPE.test(type)
}

/**
 * Returns the body of a request. Undefined if the request has no body, or if its method is GET or HEAD.
 *
 * @param mostBytes the size limit for a body without a Content-Length
 */
export function passedBody(request: IncomingMessage, mostBytes: number): Readable | undefined {
  const { method = '', headers } = request
  if (isBodiless(method)) return undefined
  if (headers['transfer-encoding'] !== undefined) return request.pipe(new BodyLimit(mostBytes))
  return Number(headers['content-length'] ?? 0) > 0 ? request : undefined
}

/** Fails if a body without a Content-Length is larger than the limit. */
class BodyLimit extends Transform {
  #left: number

  constructor(bytes: number) {
    super()
    this.#left = bytes
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#left -= chunk.length
    if (this.#left >= 0) done(null, chunk)
    else done(Object.assign(new Error('the body is too large'), { code: BODY_TOO_LARGE }))
  }
}
