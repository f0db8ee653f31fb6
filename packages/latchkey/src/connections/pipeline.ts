// Schedules the requests of one connection: decides which requests run now and which must wait.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TurnTaker, Turns } from './turns.ts'

/**
 * The largest number of concurrent requests on one connection. A client that needs more must open another connection.
 */
export const MOST_IN_WORK = 64

/** The largest number of requests of one connection that start in one turn of the event loop. */
export const MOST_IN_A_TURN = 16

/** The safe methods of RFC 9110 §9.2.1. A request with any other method may change something. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/** Handles a request. The request has finished when its answer is sent or the connection is closed. */
export type Work = (request: IncomingMessage, response: ServerResponse, pipeline: Pipeline) => void

interface Pending {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly work: Work
}

export class Pipeline implements TurnTaker {
  readonly #socket: Socket
  readonly #turns: Turns
  readonly #open = new Set<ServerResponse>()
  readonly #waiting: Pending[] = []
  #last: ServerResponse | undefined
  #isUnsafeInWork = false
  #turn = 0
  #begunInTurn = 0
  #isFirstOfRead = false
  #isUsed = false
  #isClosing = false
  #isStarting = false
  #isItsTurn = false
  #hasEndedEarly = false
  /** The function that `fail` received. It is called when all running requests have been answered. */
  #atTheEnd: (() => void) | undefined
  /** Called when the pipeline may have room for another request. */
  onRoom: () => void = () => undefined

  constructor(socket: Socket, turns: Turns) {
    this.#socket = socket
    this.#turns = turns
  }

  /** True if the connection is about to close and answers no later requests. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /** True if a request with a safe method could start at once, if it came next. */
  get hasRoom(): boolean {
    return this.#waiting.length === 0 && this.#mayBegin
  }

  /** Returns true if the request of `response` waits for earlier requests. */
  isWaiting(response: ServerResponse | undefined): boolean {
    return this.#waiting.some((pending) => pending.response === response)
  }

  /** True if the connection has had a request. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** True if no request is running or waiting. */
  get isIdle(): boolean {
    return this.#open.size === 0 && this.#waiting.length === 0
  }

  /**
   * Reports that bytes arrived on an idle connection. The first request in these bytes starts at once, without waiting
   * for a turn.
   */
  newRead(): void {
    this.#isFirstOfRead = true
  }

  /**
   * Handles a request now, or later when its turn comes. Requests with safe methods run concurrently, and every other
   * request runs alone (RFC 9112 §9.3.2).
   */
  begin(request: IncomingMessage, response: ServerResponse, work: Work): void {
    if (this.#isClosing) return
    this.#last = response
    if (this.#waiting.length === 0 && this.#mayStart(request)) this.#start(request, response, work)
    else this.#waiting.push({ request, response, work })
  }

  /**
   * Prevents the start of requests that arrive after the latest request, because the connection closes before they
   * could be answered.
   */
  close(): void {
    this.#isClosing = true
  }

  /**
   * Drains the connection: closes it after the answer to the latest request. If the head of that answer was already
   * sent, closes it after the answer to the next request instead, because only an unsent head can announce the close to
   * the client.
   */
  drain(): void {
    if (this.#last?.headersSent !== true) this.#isClosing = true
  }

  /**
   * Handles bytes that follow the latest complete request and are not valid HTTP. Calls `answer` when all complete
   * requests have been answered. Otherwise the client would take the error for the answer to one of these requests.
   * Later calls have no effect.
   */
  fail(answer: () => void): void {
    if (this.#atTheEnd !== undefined) return
    this.#atTheEnd = answer
    this.#isClosing = true
    const broken = this.#last
    if (broken !== undefined && !broken.req.complete) {
      // An answer has already begun, so a second answer must not be written into it.
      if (broken.headersSent) this.#socket.destroy()
      this.#open.delete(broken)
      if (this.#waiting.at(-1)?.response === broken) this.#waiting.pop()
    }
    this.#endIfDone()
  }

  /**
   * Returns true if the connection must be closed after this answer. Only the last answer may close the connection,
   * because later answers would be lost.
   */
  endsWith(response: ServerResponse): boolean {
    // After `fail`, the answer to the invalid bytes still follows.
    return this.#isClosing && this.#atTheEnd === undefined && response === this.#last
  }

  /** Starts the requests that waited for this turn of the event loop. */
  takeTurn(): void {
    this.#isItsTurn = true
    this.#startWaiting()
    this.#isItsTurn = false
  }

  get #mayBegin(): boolean {
    return (
      !this.#isUnsafeInWork &&
      this.#open.size < MOST_IN_WORK &&
      (this.#open.size === 0 || !this.#isUnread()) &&
      this.#hasTurn()
    )
  }

  #mayStart(request: IncomingMessage): boolean {
    if (this.#isFirstOfRead) {
      this.#isFirstOfRead = false
      if (this.#open.size === 0) return true
    }
    return (this.#open.size === 0 || isSafe(request)) && this.#mayBegin
  }

  /**
   * Returns true if another request may start in this turn of the event loop. If other connections wait, the first
   * request of a turn may start, and the others must wait for a later turn. At most 16 requests may start in a turn,
   * and fewer if the time of the turn is over.
   */
  #hasTurn(): boolean {
    const turn = this.#turns.current
    if (turn !== this.#turn) {
      this.#turn = turn
      if (!this.#hasEndedEarly) this.#begunInTurn = 0
      this.#hasEndedEarly = false
    }
    if (this.#begunInTurn === 0) return true
    const isUsed = this.#begunInTurn >= MOST_IN_A_TURN
    if (!isUsed && this.#isItsTurn && this.#turns.isOver) {
      this.#hasEndedEarly = true
      this.#turns.addFirst(this)
      return false
    }
    const isTaken = isUsed || (this.#turns.isBusy && !this.#isItsTurn)
    if (isTaken) this.#turns.add(this)
    return !isTaken
  }

  /**
   * Returns true if the client does not read its answers: the buffer of the socket is full, or the queued answers would
   * fill it.
   */
  #isUnread(): boolean {
    if (this.#socket.writableNeedDrain) return true
    let bytes = 0
    for (const { writableLength } of this.#open) bytes += writableLength
    return bytes >= this.#socket.writableHighWaterMark
  }

  #start(request: IncomingMessage, response: ServerResponse, work: Work): void {
    this.#begunInTurn += 1
    this.#isUsed = true
    this.#isUnsafeInWork = !isSafe(request)
    work(request, response, this)
    if (response.writableFinished) this.#forget(response)
    else {
      this.#open.add(response)
      response.on('close', () => {
        this.#ended(response)
      })
    }
  }

  #ended(response: ServerResponse): void {
    this.#open.delete(response)
    this.#forget(response)
    this.#startWaiting()
  }

  #forget(response: ServerResponse): void {
    this.#isUnsafeInWork = false
    // Drops the reference to the request, because an idle connection must not keep a request with a secret in memory.
    if (response === this.#last) this.#last = undefined
  }

  #startWaiting(): void {
    // A request may finish synchronously and call this method again. The flag prevents nested loops.
    if (this.#isStarting) return
    this.#isStarting = true
    let next = this.#waiting[0]
    while (next !== undefined && this.#mayStart(next.request)) {
      this.#waiting.shift()
      // Skips the requests of a connection that is already closed.
      if (!this.#socket.destroyed) this.#start(next.request, next.response, next.work)
      next = this.#waiting[0]
    }
    this.onRoom()
    this.#isStarting = false
    this.#endIfDone()
  }

  #endIfDone(): void {
    if (this.isIdle) this.#atTheEnd?.()
  }
}

const isSafe = ({ method = '' }: IncomingMessage): boolean => method === 'GET' || SAFE_METHODS.includes(method)
