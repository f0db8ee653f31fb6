// Passes the answer of an upstream to the client as it arrives, and not faster than the client reads it.
import type { Dispatcher } from 'undici'
import type { Exchange } from './exchange.ts'
import { responseHeaders } from './identity.ts'

/** The highest valid status code (RFC 9110 §15). */
const HIGHEST_STATUS = 599
const NOT_MODIFIED = 304

type Controller = Dispatcher.DispatchController

interface Head {
  readonly status: number
  /** The headers, as an array of alternating names and values. */
  readonly headers: string[]
}

export class UpstreamAnswer implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #onFailure: (cause: Error) => void
  #controller: Controller | undefined
  /** The head of the answer. Until it is sent, the gateway can still send a different answer. */
  #head: Head | undefined

  /** @param onFailure called if the upstream fails before the answer has begun */
  constructor(exchange: Exchange, onFailure: (cause: Error) => void) {
    this.#exchange = exchange
    this.#onFailure = onFailure
  }

  /** Aborts the request to the upstream, because the client has closed its connection. */
  abandon(): void {
    this.#controller?.abort(new Error('the client closed its connection'))
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#exchange.isGone) this.abandon()
  }

  onResponseStart(controller: Controller, status: number, headers: Record<string, string | string[]>): void {
    // Drops interim answers (1xx, RFC 9110 §15.2), because the client has no use for them.
    if (status < 200) return
    if (status > HIGHEST_STATUS) {
      controller.abort(Object.assign(new Error('the upstream sent an invalid status'), { code: 'UND_ERR_SOCKET' }))
      return
    }
    const { id, request } = this.#exchange
    const passed = responseHeaders(headers, status)
    passed.push('x-request-id', id)
    // The client may not have sent its whole request yet. Closes the connection, so that the rest of this request is
    // not parsed as the next request.
    if (!request.complete) passed.push('connection', 'close')
    this.#head = { status, headers: passed }
    if (status === NOT_MODIFIED) {
      // RFC 9110 §15.4.5: a 304 may have the Content-Length of content that it does not contain. undici 7 would wait
      // for the content and fail, so the answer ends here.
      this.onResponseEnd()
      return
    }
    // An answer without a Content-Length may be a stream whose first bytes come late, so its head is sent at once.
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
    // If the upstream's answer breaks off, the answer to the client must break off too.
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
