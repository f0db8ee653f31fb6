// The answer of an upstream: passed to the client as it comes, no faster than the client takes it.
import type { Dispatcher } from 'undici'
import type { Exchange } from './exchange.ts'
import { responseHeaders } from './identity.ts'

/** RFC 9110 §15: there are no others. */
const HIGHEST_STATUS = 599
const NOT_MODIFIED = 304

type Controller = Dispatcher.DispatchController

interface Head {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: string[]
}

export class UpstreamAnswer implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #onFailure: (cause: Error) => void
  #controller: Controller | undefined
  /** What came and was not written yet: until then another answer can take its place. */
  #head: Head | undefined

  /** @param onFailure is called if the answer did not come, and none has begun */
  constructor(exchange: Exchange, onFailure: (cause: Error) => void) {
    this.#exchange = exchange
    this.#onFailure = onFailure
  }

  /** Ends the request to the upstream: its client is gone. */
  abandon(): void {
    this.#controller?.abort(new Error('the client is gone'))
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#exchange.isGone) this.abandon()
  }

  onResponseStart(controller: Controller, status: number, headers: Record<string, string | string[]>): void {
    // 1xx, RFC 9110 §15.2: this hop has no use for them.
    if (status < 200) return
    if (status > HIGHEST_STATUS) {
      controller.abort(Object.assign(new Error('the status is none of HTTP'), { code: 'UND_ERR_SOCKET' }))
      return
    }
    const { id, request } = this.#exchange
    const passed = responseHeaders(headers, status)
    passed.push('x-request-id', id)
    // The rest of a request that nobody reads any more would be taken for the next one.
    if (!request.complete) passed.push('connection', 'close')
    this.#head = { status, headers: passed }
    if (status === NOT_MODIFIED) {
      // RFC 9110 §15.4.5: its length is that of an answer that is not sent. undici 7 waits for it, and then fails.
      this.onResponseEnd()
      return
    }
    // What has no length is made while it is sent, and may be long in coming: that it comes is news already.
    if (headers['content-length'] === undefined) this.#flushSoon(controller)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#begin()
    const { response } = this.#exchange
    if (response.write(chunk)) return
    controller.pause()
    response.once('drain', () => {
      controller.resume()
    })
  }

  onResponseEnd(): void {
    this.#begin()
    this.#controller = undefined
    this.#exchange.response.end()
  }

  onResponseError(_controller: Controller | undefined, cause: Error): void {
    this.#controller = undefined
    const { response } = this.#exchange
    if (response.writableEnded) return
    // A client learns of an answer that breaks off by a connection that breaks off.
    if (response.headersSent) response.destroy()
    else this.#onFailure(cause)
  }

  #begin(): void {
    if (this.#head === undefined) return
    const { status, headers } = this.#head
    this.#head = undefined
    this.#exchange.response.writeHead(status, headers)
  }

  #flushSoon(controller: Controller): void {
    setImmediate(() => {
      if (this.#head === undefined || this.#exchange.response.destroyed) return
      try {
        this.#begin()
        this.#exchange.response.flushHeaders()
      } catch (cause) {
        controller.abort(cause as Error)
      }
    })
  }
}
