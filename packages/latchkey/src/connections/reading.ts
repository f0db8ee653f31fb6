// Gives the HTTP parser one request of a connection at a time, so that it parses no more requests than can start.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Pipeline } from './pipeline.ts'

/** RFC 9112 §2.1: an empty line ends the head. It also ends a chunked body (§7.1). */
const END = Buffer.from('\r\n\r\n')

/** The length of "GET / HTTP/1.1" and an empty line. With it no read is split at empty lines before a request. */
const SHORTEST_REQUEST = 18

/** A read of at most this many bytes is parsed at once on an idle connection. Usually it is one request. */
const MOST_AT_ONCE = 2048

/** A chunked body is split at the first empty line after this many bytes. */
const LEAST_OF_A_BODY = 2048

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Node parses everything from one read of the socket, 64 KiB with thousands of requests, before the process does
 * anything else. A `Reading` keeps the bytes for which the pipeline has no room, and pauses the socket until the
 * pipeline has room.
 */
export class Reading {
  readonly #socket: Socket
  readonly #pipeline: Pipeline
  readonly #parse: (bytes: Buffer) => void
  #latest: Exchange | undefined
  /** Bytes that the parser has not received yet. */
  #kept: Buffer | undefined
  /** Bytes that are missing from the body of the latest request. Zero for a chunked body, whose length is unknown. */
  #bodyLeft = 0
  /** True if the parser has part of a head. */
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
    // Node resumes a socket when a handler reads a body, and after an answer was sent.
    socket.on('resume', () => {
      if (this.#kept !== undefined) this.#feed()
    })
    pipeline.onRoom = () => {
      if (this.#kept !== undefined) this.#feed()
    }
  }

  /** Call it when the parser has produced a request. */
  parsed(request: IncomingMessage, response: ServerResponse): void {
    this.#latest = { request, response }
    this.#bodyLeft = 0
    this.#isInHead = false
  }

  /** Gives the parser no more bytes, because it has failed or the connection no longer uses HTTP. */
  stop(): void {
    this.#isStopped = true
    this.#kept = undefined
  }

  #came(bytes: Buffer): void {
    if (this.#isStopped) return
    const isNext = this.#kept === undefined && this.#latest === undefined && this.#pipeline.isIdle
    if (isNext) this.#pipeline.newRead()
    if (isNext && bytes.length <= MOST_AT_ONCE && !this.#pipeline.isClosing) {
      // The bytes may end in the middle of a head.
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
      // Node pauses a socket while it has unsent answers. The parser must get no bytes then.
      if (this.#socket.isPaused()) break
      this.#parseNext(this.#kept)
    }
    this.#isFeeding = false
    if (this.#kept === undefined) this.#release()
    this.#forgetLatest()
  }

  /** Drops the request, because an idle connection must not keep a request with a secret in memory. */
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

  /** The body of a waiting request is read until its buffer is full. */
  #isBodyFull(): boolean {
    const { request, response } = this.#latest as Exchange
    return this.#pipeline.isWaiting(response) && request.readableLength >= request.readableHighWaterMark
  }

  #parseNext(bytes: Buffer): void {
    // Bytes after the last request of a connection are read and discarded. If they were left unread, the connection
    // would be reset.
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

/** Returns the Content-Length, or 0 without the header. The parser has checked its form. */
function contentLength({ rawHeaders }: IncomingMessage): number {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === 'content-length') return Number(rawHeaders[i + 1])
  }
  return 0
}
