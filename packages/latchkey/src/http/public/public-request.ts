// A request to the public listener, in the form that the handlers get.
import { requestIdFrom } from './request-id.ts'

/** The body of a request, or `too_large` if the body has more than `MAX_BODY_BYTES`. */
export type RequestBody = Buffer | 'too_large'

export const MAX_BODY_BYTES = 16 * 1024
export const NO_BODY: RequestBody = Buffer.alloc(0)

export interface RequestTarget {
  readonly path: string
  readonly query: string
}

/** Splits the request target into path and query. Nothing is decoded. */
export function readTarget(url: string): RequestTarget {
  const target = withoutAuthority(url)
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

export class PublicRequest {
  /** The id that is in the answer and in every log line about this request. */
  readonly id: string
  readonly method: string
  /** The path as sent, still percent-encoded, without the query. */
  readonly path: string
  /** The query as sent, without its question mark. */
  readonly query: string
  /** The names and values of all headers in turn. No header is merged or dropped. */
  readonly rawHeaders: readonly string[]
  /** The address of the other end of the socket. */
  readonly remoteAddress: string
  readonly body: RequestBody

  constructor(parts: {
    readonly method: string
    readonly target: RequestTarget
    readonly rawHeaders: readonly string[]
    readonly remoteAddress: string
    readonly body: RequestBody
  }) {
    this.method = parts.method
    this.path = parts.target.path
    this.query = parts.target.query
    this.rawHeaders = parts.rawHeaders
    this.id = requestIdFrom(headerOf(parts.rawHeaders, 'x-request-id'))
    this.remoteAddress = parts.remoteAddress
    this.body = parts.body
  }

  /** Returns the first value of a header. `name` is in lower case. */
  header(name: string): string | undefined {
    return headerOf(this.rawHeaders, name)
  }

  /** Returns the number of headers with this name. `name` is in lower case. */
  count(name: string): number {
    let count = 0
    for (let i = 0; i < this.rawHeaders.length; i += 2) if (isNamed(this.rawHeaders[i], name)) count++
    return count
  }

  /**
   * Returns every value of a header, in the order sent. Node's `headers` keeps only the first value of some headers.
   */
  headers(name: string): readonly string[] {
    return headersOf(this.rawHeaders, name)
  }
}

export function headersOf(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (isNamed(rawHeaders[i], name)) values.push(rawHeaders[i + 1] ?? '')
  }
  return values
}

/**
 * Reads the raw headers, which is faster than Node's `headers`: Node builds that table for each request that reads it.
 */
export function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (isNamed(rawHeaders[i], name)) return rawHeaders[i + 1]
  }
  return undefined
}

const isNamed = (header: string | undefined, name: string): boolean =>
  header?.length === name.length && (header === name || header.toLowerCase() === name)

// RFC 9112 §3.2.2: a server must accept the absolute form too. The server ignores the host in this form, because the
// issuer comes from the configuration.
function withoutAuthority(url: string): string {
  if (url.startsWith('/')) return url
  const authority = /^https?:\/\/[^/?#]*/i.exec(url)
  return authority === null ? url : url.slice(authority[0].length) || '/'
}
