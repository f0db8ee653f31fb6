// The body that the gateway passes on with a request, limited in size.
import type { IncomingMessage } from 'node:http'
import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { isBodiless } from './identity.ts'
import { BODY_TOO_LARGE } from './upstreams.ts'

// Matches a media type by RFC 9110 §8.3.1. The API itself reads the parameters after the semicolon.
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/

/** False if the Content-Type is not a media type. True for a GET or HEAD, which is passed on without that header. */
export const isTypeReadable = ({ method = '', headers }: IncomingMessage): boolean => {
  const type = headers['content-type']
  return type === undefined || isBodiless(method) || MEDIA_TYPE.test(type)
}

/**
 * Returns the body of a request. Undefined if the request has none, or if its method gives a body no meaning.
 *
 * @param mostBytes the limit for a body that does not declare its length
 */
export function passedBody(request: IncomingMessage, mostBytes: number): Readable | undefined {
  const { method = '', headers } = request
  if (isBodiless(method)) return undefined
  if (headers['transfer-encoding'] !== undefined) return request.pipe(new BodyLimit(mostBytes))
  return Number(headers['content-length'] ?? 0) > 0 ? request : undefined
}

/** Limits the size of a body that does not declare its length. */
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
