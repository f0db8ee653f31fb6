// Passes the bytes of a connection to the HTTP parser request by request, so that the parser does not produce more
// requests than can start.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Pipeline } from './pipeline.ts'

/** An empty line ends the head of a request (RFC 9112 §2.1) and a chunked body (§7.1). */
const END = Buffer.from('\r\n\r\n')

/**
 * The length of "GET / HTTP/1.1" and an empty line, the shortest possible request. The search for the end of a head
 * skips this number of bytes, and so ignores empty lines before a request.
 */
const SHORTEST_REQUEST = 18

/**
 * On an idle connection, a read of at most this number of bytes is parsed without a search for its end, because it
 * usually is a single request.
 */
const MOST_AT_ONCE = 2048

/** A chunked body is split at the first empty line after this number of bytes. */
const LEAST_OF_A_BODY = 2048

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Without this class, Node.js would parse a whole read of the socket (up to 64 KiB with thousands of requests) before
 * the process does anything else. A `Reading` holds back the bytes for which the pipeline has no room, and pauses the
 * socket until the pipeline has room.
 */
export class Reading {
  readonly #socket: Socket
  readonly #pipeline: Pipeline
  readonly #parse: (bytes: Buffer) => void
  #latest: Exchange | undefined
  /** The bytes that the parser has not received yet. */
  #kept: Buffer | undefined
  /**
   * The number of bytes of the latest request's body that have not arrived yet. Zero for a chunked body, because its
   * length is unknown.
   */
  #bodyLeft = 0
  /** True if the parser has received a part of a request head. */
  #isInHead = false
  #isHolding = false
  #isFeeding = false
  #isStopped = false

  constructor(socket: Socket, pipeline: Pipeline, parse: (bytes: Buffer) => void) {
    this.#socket = socket
    this.#pipeline = pipeline
    this.#parse = parse
    socket.on('data', (bytes: Buffer) => {
      this.#came(bytes)
    })
    // Node.js resumes a paused socket when a handler reads the body of a request, and after an answer was sent. The
    // parser may then get the bytes that were held back.
    socket.on('resume', () => {
      if (this.#kept !== undefined) this.#feed()
    })
    pipeline.onRoom = () => {
      if (this.#kept !== undefined) this.#feed()
    }
  }

  /** Reports that the parser has produced a request. */
  parsed(request: IncomingMessage, response: ServerResponse): void {
    this.#latest = { request, response }
    this.#bodyLeft = 0
    this.#isInHead = false
  }

  /** Passes no more bytes to the parser, because the parser has failed or the connection no longer uses HTTP. */
  stop(): void {
    this.#isStopped = true
    this.#kept = undefined
  }

  #came(bytes: Buffer): void {
    if (this.#isStopped) return
    const isNext = this.#kept === undefined && this.#latest === undefined && this.#pipeline.isIdle
    if (isNext) this.#pipeline.newRead()
    if (isNext && bytes.length <= MOST_AT_ONCE && !this.#pipeline.isClosing) {
      // The parser may now have a part of a head, because the bytes were not searched for the end of a request.
      this.#parse(bytes)
      this.#isInHead = true
      this.#forgetLatest()
      return
    }
    this.#kept = this.#kept === undefined ? bytes : Buffer.concat([this.#kept, bytes])
    this.#feed()
  }

  #feed(): void {
    if (this.#isFeeding) return
    this.#isFeeding = true
    while (this.#kept !== undefined && !this.#socket.destroyed) {
      if (!this.#mayParse()) {
        this.#hold()
        break
      }
      this.#release()
      // Node.js pauses a socket with too many unsent answers. The parser must get no bytes during the pause.
      if (this.#socket.isPaused()) break
      this.#parseNext(this.#kept)
    }
    this.#isFeeding = false
    if (this.#kept === undefined) this.#release()
    this.#forgetLatest()
  }

  /**
   * Drops the reference to a complete request, because an idle connection must not keep a request with a secret in
   * memory.
   */
  #forgetLatest(): void {
    if (this.#latest?.request.complete === true) this.#latest = undefined
  }

  #mayParse(): boolean {
    if (this.#isInBody) return !this.#isBodyFull()
    return this.#isInHead || this.#pipeline.isClosing || this.#pipeline.hasRoom
  }

  get #isInBody(): boolean {
    return this.#latest !== undefined && !this.#latest.request.complete
  }

  /** Returns true if the latest request still waits and the buffer for its body is full. */
  #isBodyFull(): boolean {
    const { request, response } = this.#latest as Exchange
    return this.#pipeline.isWaiting(response) && request.readableLength >= request.readableHighWaterMark
  }

  #parseNext(bytes: Buffer): void {
    // Bytes after the last request of a closing connection are read and discarded, because the operating system would
    // reset a connection with unread bytes.
    if (this.#pipeline.isClosing && !this.#isInBody && !this.#isInHead) {
      this.#kept = undefined
      return
    }
    const size = this.#isInBody ? this.#sizeOfBody(bytes) : this.#sizeOfHead(bytes)
    this.#kept = size < bytes.length ? bytes.subarray(size) : undefined
    this.#parse(size < bytes.length ? bytes.subarray(0, size) : bytes)
  }

  #sizeOfHead(bytes: Buffer): number {
    const end = bytes.indexOf(END, SHORTEST_REQUEST - END.length)
    this.#isInHead = end < 0
    return end < 0 ? bytes.length : end + END.length
  }

  #sizeOfBody(bytes: Buffer): number {
    const { length } = bytes
    if (this.#bodyLeft === 0) this.#bodyLeft = contentLength((this.#latest as Exchange).request)
    if (this.#bodyLeft > 0) {
      const size = Math.min(this.#bodyLeft, length)
      this.#bodyLeft -= size
      return size
    }
    const end = length <= LEAST_OF_A_BODY ? -1 : bytes.indexOf(END, LEAST_OF_A_BODY)
    return end < 0 ? length : end + END.length
  }

  #hold(): void {
    if (this.#socket.isPaused()) return
    this.#isHolding = true
    this.#socket.pause()
  }

  #release(): void {
    if (!this.#isHolding) return
    this.#isHolding = false
    this.#socket.resume()
  }
}

/** Returns the Content-Length, or 0 if the header is missing. The parser has already checked the form of the header. */
function contentLength({ rawHeaders }: IncomingMessage): number {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === 'content-length') return Number(rawHeaders[i + 1])
  }
  return 0
}
