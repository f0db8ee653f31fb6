// The requests of one connection: which of them are in work, and which wait until their turn comes.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TurnTaker, Turns } from './turns.ts'

/** Requests of one connection in work. A client that wants more at once opens another connection. */
export const MOST_IN_WORK = 64

/** Requests of one connection that begin in one turn of the event loop. */
export const MOST_IN_A_TURN = 16

/** RFC 9110 §9.2.1. A method that is not in this list may change something. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/** Does the work on a request. It is over when the answer is sent or the connection is gone. */
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
  #isCutShort = false
  /** What is left to do when all that is in work has been answered. */
  #atTheEnd: (() => void) | undefined
  /** Called when a request may begin again that could not before. */
  onRoom: () => void = () => undefined

  constructor(socket: Socket, turns: Turns) {
    this.#socket = socket
    this.#turns = turns
  }

  /** True if no request is answered any more that comes behind the latest. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /** True if the next request can begin at once, unless it has to be alone. */
  get hasRoom(): boolean {
    return this.#waiting.length === 0 && this.#mayBegin
  }

  /** True if the request of `response` waits for those before it. */
  isWaiting(response: ServerResponse | undefined): boolean {
    return this.#waiting.some((pending) => pending.response === response)
  }

  /** True once a request has begun. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** True if nothing is in work and nothing waits. */
  get isIdle(): boolean {
    return this.#open.size === 0 && this.#waiting.length === 0
  }

  /** Bytes have come while it was idle. The first request in them begins at once, and counts for no turn. */
  newRead(): void {
    this.#isFirstOfRead = true
  }

  /**
   * Runs the work on a request, now or when its turn comes. Safe requests run side by side, every other one alone: RFC 9112
   * §9.3.2.
   */
  begin(request: IncomingMessage, response: ServerResponse, work: Work): void {
    if (this.#isClosing) return
    this.#last = response
    if (this.#waiting.length === 0 && this.#mayStart(request)) this.#start(request, response, work)
    else this.#waiting.push({ request, response, work })
  }

  /** No request behind the latest is begun: its caller would not hear what became of it. */
  close(): void {
    this.#isClosing = true
  }

  /**
   * Ends the connection with the answer to the latest request. If the head of that answer is on its way, it says nothing
   * of the end, and the connection ends with the answer to the next request.
   */
  leave(): void {
    if (this.#last?.headersSent !== true) this.#isClosing = true
  }

  /**
   * The bytes behind the latest whole request are no HTTP. Calls back when all whole requests have been answered, so that
   * an answer to those bytes is not taken for that to a request. Later calls change nothing.
   */
  fail(answer: () => void): void {
    if (this.#atTheEnd !== undefined) return
    this.#atTheEnd = answer
    this.#isClosing = true
    const broken = this.#last
    if (broken !== undefined && !broken.req.complete) {
      // Bytes of a second answer must not run into those of the first.
      if (broken.headersSent) this.#socket.destroy()
      this.#open.delete(broken)
      if (this.#waiting.at(-1)?.response === broken) this.#waiting.pop()
    }
    this.#endIfDone()
  }

  /** True if the connection ends with this answer. With an earlier one the answers behind it would be lost. */
  endsWith(response: ServerResponse): boolean {
    // Behind a failure comes one more answer.
    return this.#isClosing && this.#atTheEnd === undefined && response === this.#last
  }

  /** Goes on with the requests that wait for the next turn of the event loop. */
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
   * Where other connections wait, one request begins at once, and those behind it wait as well. A turn that is over before
   * 16 requests began goes on in the next turn of the event loop.
   */
  #hasTurn(): boolean {
    const turn = this.#turns.current
    if (turn !== this.#turn) {
      this.#turn = turn
      if (!this.#isCutShort) this.#begunInTurn = 0
      this.#isCutShort = false
    }
    if (this.#begunInTurn === 0) return true
    const isUsed = this.#begunInTurn >= MOST_IN_A_TURN
    if (!isUsed && this.#isItsTurn && this.#turns.isOver) {
      this.#isCutShort = true
      this.#turns.addFirst(this)
      return false
    }
    const isTaken = isUsed || (this.#turns.isBusy && !this.#isItsTurn)
    if (isTaken) this.#turns.add(this)
    return !isTaken
  }

  /** True if the client does not take its answers: the socket is full, or the answers that wait for it would fill it. */
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
    // An idle connection keeps no request: it holds a secret.
    if (response === this.#last) this.#last = undefined
  }

  #startWaiting(): void {
    // The work of a request can end at once and come back here: it stays one loop.
    if (this.#isStarting) return
    this.#isStarting = true
    let next = this.#waiting[0]
    while (next !== undefined && this.#mayStart(next.request)) {
      this.#waiting.shift()
      // Nothing is done for a connection that is gone.
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
