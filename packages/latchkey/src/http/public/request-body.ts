// Reads the body of a request up to the size limit. The rest of a longer body is read and discarded for up to 2 s, so
// that the client can read the answer.
import type { IncomingMessage } from 'node:http'
import { headerOf, headersOf, MAX_BODY_BYTES, type RequestBody } from './public-request.ts'

export const isChunked = ({ rawHeaders }: IncomingMessage): boolean =>
  headerOf(rawHeaders, 'transfer-encoding') !== undefined

export const hasBody = (incoming: IncomingMessage): boolean =>
  isChunked(incoming) || (headerOf(incoming.rawHeaders, 'content-length') ?? '0') !== '0'

/** True if the body has a transfer coding other than `chunked` (RFC 9112 §6.1). Node checks only the last coding. */
export const isCodingUnknown = (incoming: IncomingMessage): boolean =>
  isChunked(incoming) && headersOf(incoming.rawHeaders, 'transfer-encoding').join().trim().toLowerCase() !== 'chunked'

/**
 * Calls `done` with the body. If the connection ends before the body is complete, `done` is not called, because no
 * client waits for an answer.
 */
export function readBody(incoming: IncomingMessage, done: (body: RequestBody) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  const onData = (chunk: Buffer): void => {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) {
      chunks.push(chunk)
      return
    }
    incoming.off('data', onData)
    incoming.off('end', onEnd)
    done('too_large')
  }
  const onEnd = (): void => {
    done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
  }
  incoming.on('data', onData)
  incoming.on('end', onEnd)
}

const MOST_DISCARDED_BYTES = 1024 * 1024
const LONGEST_LINGER_MILLISECONDS = 2000

/**
 * Calls `done` when the connection can be closed: after the rest of the request has arrived, or after 2 s. A socket
 * that is closed while it has unread bytes is reset, and the client could lose the answer.
 */
export function discardRest(incoming: IncomingMessage, done: () => void): void {
  if (incoming.readableEnded || incoming.destroyed) {
    done()
    return
  }
  let discarded = 0
  const onData = (chunk: Buffer): void => {
    discarded += chunk.length
    if (discarded > MOST_DISCARDED_BYTES) incoming.pause()
  }
  const finish = (): void => {
    clearTimeout(late)
    incoming.off('end', finish)
    incoming.off('close', finish)
    done()
  }
  const late = setTimeout(finish, LONGEST_LINGER_MILLISECONDS)
  incoming.on('data', onData)
  incoming.on('end', finish)
  incoming.on('close', finish)
  incoming.resume()
}
