// Schedules the requests of one connection: which of them run now, and which wait for their turn.
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

/** Handles a request. It has finished when the answer is sent or the connection is closed. */
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
  /** Called when all running requests have been answered. */
  #atTheEnd: (() => void) | undefined
  /** Called when there may be room for another request. */
  onRoom: () => void = () => undefined

  constructor(socket: Socket, turns: Turns) {
    this.#socket = socket
    this.#turns = turns
  }

  /** True if later requests are not answered. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /** True if the next request can start at once, provided that its method is safe. */
  get hasRoom(): boolean {
    return this.#waiting.length === 0 && this.#mayBegin
  }

  /** True if the request of `response` waits for earlier ones. */
  isWaiting(response: ServerResponse | undefined): boolean {
    return this.#waiting.some((pending) => pending.response === response)
  }

  /** True if a request has started. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** True if no request runs and none waits. */
  get isIdle(): boolean {
    return this.#open.size === 0 && this.#waiting.length === 0
  }

  /** Call it when bytes arrived while the connection was idle. Their first request starts at once and needs no turn. */
  newRead(): void {
    this.#isFirstOfRead = true
  }

  /**
   * Handles a request, now or when its turn comes. Safe requests run concurrently. Every other request runs alone: RFC
   * 9112 §9.3.2.
   */
  begin(request: IncomingMessage, response: ServerResponse, work: Work): void {
    if (this.#isClosing) return
    this.#last = response
    if (this.#waiting.length === 0 && this.#mayStart(request)) this.#start(request, response, work)
    else this.#waiting.push({ request, response, work })
  }

  /** Starts no request after the latest one, because its caller would get no answer. */
  close(): void {
    this.#isClosing = true
  }

  /**
   * Drains the connection: closes it after the answer to the latest request. If the head of that answer was sent
   * already, closes it after the answer to the next request, which can announce the close.
   */
  drain(): void {
    if (this.#last?.headersSent !== true) this.#isClosing = true
  }

  /**
   * Handles bytes that are not valid HTTP, after the latest whole request. Calls `answer` when all whole requests have
   * been answered, so that the client does not read it as the answer to a request. Later calls have no effect.
   */
  fail(answer: () => void): void {
    if (this.#atTheEnd !== undefined) return
    this.#atTheEnd = answer
    this.#isClosing = true
    const broken = this.#last
    if (broken !== undefined && !broken.req.complete) {
      // The bytes of a second answer must not mix with those of the first.
      if (broken.headersSent) this.#socket.destroy()
      this.#open.delete(broken)
      if (this.#waiting.at(-1)?.response === broken) this.#waiting.pop()
    }
    this.#endIfDone()
  }

  /**
   * True if the connection is closed after this answer. If it were closed after an earlier answer, the later ones would
   * be lost.
   */
  endsWith(response: ServerResponse): boolean {
    // After a failure one more answer follows.
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
   * If other connections wait, one request starts at once, and the requests after it wait too. If the time of a turn
   * ends before 16 requests have started, the rest starts in the next turn of the event loop.
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

  /** True if the client does not take its answers: the socket is full, or the queued answers would fill it. */
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
    // Drops the request, because an idle connection must not keep a request with a secret in memory.
    if (response === this.#last) this.#last = undefined
  }

  #startWaiting(): void {
    // A request may finish synchronously and call this method again, so the loop must not nest.
    if (this.#isStarting) return
    this.#isStarting = true
    let next = this.#waiting[0]
    while (next !== undefined && this.#mayStart(next.request)) {
      this.#waiting.shift()
      // A closed connection gets no work.
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
