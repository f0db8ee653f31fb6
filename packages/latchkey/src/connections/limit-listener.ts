// The limits that every HTTP listener keeps for its connections: how many, how much of each at once, and how long unread.
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

/** Milliseconds in which a client has to take at least one byte of its answers. */
export const WRITE_TIMEOUT = 30_000

/** Milliseconds between two looks at what clients have taken, and at who is idle, at most. */
const LONGEST_INTERVAL = 1000

export interface ListenerLimits {
  readonly counts: ConnectionCounts
  readonly work: Work
  /** Writes the answer to bytes that are no HTTP, or that come too slowly, and ends the socket. */
  readonly answerError: (error: ParserError, socket: Socket) => void
  /** The work on a CONNECT, whose connection ends with the answer. Without it the connection is closed at once. */
  readonly onConnect?: Work
  /** Milliseconds. {@link WRITE_TIMEOUT} unless set. */
  readonly writeTimeout?: number
  /** Milliseconds for which an idle connection is kept. Unless set, the server's own `keepAliveTimeout` closes it. */
  readonly keepAlive?: number
}

export interface ParserError extends Error {
  readonly code?: string
  /** What had been received when the parser stopped. */
  readonly rawPacket?: Buffer
}

/** Lets the work on a request begin when its turn comes. */
export type Begin = (request: IncomingMessage, response: ServerResponse) => void

interface KeptAlive {
  _keepAliveTimeout?: number
}

interface Connection {
  readonly pipeline: Pipeline
  readonly reading: Reading
}

/** All listeners of the process share its event loop. */
const turns = new Turns()

/** Call it before the listener has a connection. Every request then has to go through the function that it returns. */
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
  // Node begins to serve a TLS connection after its handshake.
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
    // Its parser is gone, and Node may have given it to another connection.
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
      // Node writes it into the header Keep-Alive, by which clients know how long they can use the connection.
      if (keepAlive !== undefined) (response as KeptAlive)._keepAliveTimeout = keepAlive
      connection.reading.parsed(request, response)
      connection.pipeline.begin(request, response, work)
    }
  }
}

/** Node leaves CONNECT unanswered, so it gets an answer by hand, when the socket has sent those before it. */
function endWith(response: ServerResponse, socket: Socket): void {
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.once('finish', () => {
    socket.destroySoon()
  })
  socket.on('error', () => socket.destroy())
}

/** Looks often enough for a time-out of so many milliseconds. */
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

/** Takes the place of Node's own listener for the bytes of a connection. Returns that listener, which parses them. */
function takeParser(socket: Socket): (bytes: Buffer) => void {
  const [parse, ...others] = socket.listeners('data') as ((bytes: Buffer) => void)[]
  if (parse === undefined || others.length > 0) throw new Error('this version of Node reads HTTP in an unknown way')
  socket.off('data', parse)
  return parse
}

/** Node's parser takes HTTP/0.9 and HTTP/2.0 in a request line for 1.1. They are refused as every other version is. */
function refuseVersion(server: Server, socket: Socket): void {
  const error = Object.assign(new Error('the version is not HTTP/1'), { code: 'HPE_INVALID_VERSION' })
  server.emit('clientError', error, socket)
}
