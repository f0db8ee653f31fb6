// Limits the connections of an HTTP listener: their number, their concurrent requests, their idle time, and their
// unread answers.
import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionCounts } from './connection-counts.ts'
import { IdleConnections } from './idle-connections.ts'
import { Pipeline, type Work } from './pipeline.ts'
import { Reading } from './reading.ts'
import { Turns } from './turns.ts'
import { UnreadAnswers } from './unread-answers.ts'

/** The time in milliseconds within which a client must read at least one byte of its answers. */
export const WRITE_TIMEOUT = 30_000

/** The longest time in milliseconds between two checks for unread answers and idle connections. */
const LONGEST_INTERVAL = 1000

export interface ListenerLimits {
  readonly counts: ConnectionCounts
  readonly work: Work
  /** Answers bytes that are not valid HTTP or that arrive too slowly, and closes the connection. */
  readonly answerError: (error: ParserError, socket: Socket) => void
  /**
   * Handles a CONNECT request. Its connection is closed after the answer. If undefined, the connection is closed
   * without an answer.
   */
  readonly onConnect?: Work
  /** The write time-out in milliseconds. Default: {@link WRITE_TIMEOUT}. */
  readonly writeTimeout?: number
  /**
   * The time in milliseconds after which an idle connection is closed. If undefined, the `keepAliveTimeout` of the
   * server applies.
   */
  readonly keepAlive?: number
}

export interface ParserError extends Error {
  readonly code?: string
  /** The bytes that the parser was reading when it stopped. */
  readonly rawPacket?: Buffer
}

/** Handles a request when its turn comes. */
export type Begin = (request: IncomingMessage, response: ServerResponse) => void

interface KeptAlive {
  _keepAliveTimeout?: number
}

interface Connection {
  readonly pipeline: Pipeline
  readonly reading: Reading
}

/** All listeners of the process share this object, because they share the event loop. */
const turns = new Turns()

/**
 * Sets the limits. The caller must call it before the listener has a connection, and must pass every request to the
 * returned function.
 */
export function limitListener(server: Server, limits: ListenerLimits): Begin {
  const { counts, work, answerError, onConnect, writeTimeout = WRITE_TIMEOUT, keepAlive } = limits
  const connections = new WeakMap<Duplex, Connection>()
  const unread = new UnreadAnswers(writeTimeout, () => {
    counts.cutOff()
  })
  count(server, counts)
  const idle = keepAlive === undefined ? undefined : new IdleConnections(keepAlive)
  lookRegularly(server, Math.min(writeTimeout, keepAlive ?? Infinity), (now) => {
    unread.look(now)
    idle?.look(now)
  })
  // On a TLS connection, Node.js attaches its HTTP parser only after the handshake.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    const pipeline = new Pipeline(socket, turns)
    connections.set(socket, { pipeline, reading: new Reading(socket, pipeline, takeParser(socket)) })
    unread.watch(socket)
    idle?.watch(socket, pipeline)
  })
  server.on('clientError', (error: ParserError, socket: Socket) => {
    const connection = connections.get(socket)
    connection?.reading.stop()
    if (connection === undefined || error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else {
      connection.pipeline.fail(() => {
        if (socket.writable) answerError(error, socket)
        else socket.destroy()
      })
    }
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    const connection = connections.get(socket)
    // Node.js has freed the parser of this socket and may already use it for another connection, so the parser must get
    // no more bytes.
    connection?.reading.stop()
    if (connection === undefined || onConnect === undefined) socket.destroy()
    else {
      const { pipeline } = connection
      const response = new ServerResponse(request)
      pipeline.begin(request, response, () => {
        endWith(response, socket as Socket)
        onConnect(request, response, pipeline)
      })
    }
  })
  return (request, response) => {
    const connection = connections.get(request.socket)
    if (connection === undefined) throw new Error('a request came on a connection that is not limited')
    if (request.httpVersionMajor !== 1) refuseVersion(server, request.socket)
    else {
      // Node.js writes this value into the Keep-Alive header, which tells clients how long they can reuse the
      // connection.
      if (keepAlive !== undefined) (response as KeptAlive)._keepAliveTimeout = keepAlive
      connection.reading.parsed(request, response)
      connection.pipeline.begin(request, response, work)
    }
  }
}

/**
 * Prepares a response for a CONNECT request, for which Node.js makes no response itself. Closes the connection after
 * the response.
 */
function endWith(response: ServerResponse, socket: Socket): void {
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.once('finish', () => {
    socket.destroySoon()
  })
  socket.on('error', () => socket.destroy())
}

/** Calls `look` regularly until the server closes, often enough to notice a time-out of `timeout` milliseconds. */
function lookRegularly(server: Server, timeout: number, look: (now: number) => void): void {
  server.once('listening', () => {
    const timer = setInterval(
      () => {
        look(performance.now())
      },
      Math.min(LONGEST_INTERVAL, Math.ceil(timeout / 4)),
    ).unref()
    server.once('close', () => {
      clearInterval(timer)
    })
  })
}

function count(server: Server, counts: ConnectionCounts): void {
  server.maxConnections = counts.most
  server.on('drop', () => {
    counts.reject()
  })
  server.on('connection', (socket: Socket) => {
    counts.open += 1
    socket.once('close', () => {
      counts.open -= 1
    })
  })
}

/**
 * Removes the `data` listener of Node.js from a connection and returns it. The listener passes bytes to the HTTP
 * parser.
 */
function takeParser(socket: Socket): (bytes: Buffer) => void {
  const [parse, ...others] = socket.listeners('data') as ((bytes: Buffer) => void)[]
  if (parse === undefined || others.length > 0) throw new Error('this version of Node reads HTTP in an unknown way')
  socket.off('data', parse)
  return parse
}

/**
 * Rejects HTTP/0.9 and HTTP/2.0, which the parser of Node.js treats as HTTP/1.1. The parser itself rejects other
 * versions.
 */
function refuseVersion(server: Server, socket: Socket): void {
  const error = Object.assign(new Error('the version is not HTTP/1'), { code: 'HPE_INVALID_VERSION' })
  server.emit('clientError', error, socket)
}
