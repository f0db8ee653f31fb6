// An interceptor for undici's dispatchers (`compose`). It adds the current token to each request, and sends the request
// once more after a 401.
import type { TokenSource } from './fetch-with-token.ts'
import { readReason } from './refusal-reason.ts'

// The parts of undici's types that the interceptor uses, from version 7 on. The package itself is not imported.
interface DispatchOptions {
  readonly headers?: unknown
  readonly body?: unknown
}

interface DispatchHandler {
  onRequestStart?(controller: never, context: never): void
  onRequestUpgrade?(controller: never, statusCode: number, headers: never, socket: never): void
  onResponseStart?(controller: never, statusCode: number, headers: never, statusMessage?: string): void
  onResponseData?(controller: never, chunk: never): void
  onResponseEnd?(controller: never, trailers: never): void
  onResponseError?(controller: never, error: never): void
}

type Dispatch = (options: never, handler: never) => boolean

const MOST_KEPT_BYTES = 64 * 1024

/**
 * Makes an interceptor for undici (version 7 or later) that sends the current token with each request. If the API
 * answers 401, it sends the request once more with the new token, unless the body is a stream. The next request has the
 * new token in either case. Without a token it sends nothing, and the request fails with a {@link TokenError}.
 *
 * @example
 * ```ts
 * import { createTokenManager, tokenInterceptor } from '@latchkey/client'
 * import { Agent, request } from 'undici'
 *
 * const tokens = createTokenManager({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   clientSecret: process.env['CLIENT_SECRET'] ?? '',
 *   scope: 'machinelearning.predict',
 * })
 * const dispatcher = new Agent().compose(tokenInterceptor(tokens))
 * const { statusCode } = await request('https://api.example.com/ai/models', { dispatcher })
 * console.log(statusCode)
 * ```
 */
export const tokenInterceptor =
  (tokens: TokenSource) =>
  <D extends Dispatch>(dispatch: D): D => {
    const send = (options: DispatchOptions, handler: DispatchHandler, token: string): boolean =>
      dispatch({ ...options, headers: withToken(options.headers, token) } as never, handler as never)
    const intercept = (options: DispatchOptions, handler: DispatchHandler): boolean => {
      tokens
        .getToken()
        .then((token) => send(options, new SecondTry(tokens, token, { handler, options, send }), token))
        .catch((failure: unknown) => handler.onResponseError?.(null as never, failure as never))
      return true
    }
    return intercept as unknown as D
  }

interface FirstTry {
  readonly handler: DispatchHandler
  readonly options: DispatchOptions
  readonly send: (options: DispatchOptions, handler: DispatchHandler, token: string) => boolean
}

/** Keeps a 401 from the caller until the manager knows whether it has another token to try. */
class SecondTry implements DispatchHandler {
  readonly #tokens: TokenSource
  readonly #token: string
  readonly #handler: DispatchHandler
  readonly #options: DispatchOptions
  readonly #send: FirstTry['send']
  #refused: { readonly start: readonly unknown[]; readonly chunks: Uint8Array[]; bytes: number } | undefined

  constructor(tokens: TokenSource, token: string, { handler, options, send }: FirstTry) {
    this.#tokens = tokens
    this.#token = token
    this.#handler = handler
    this.#options = options
    this.#send = send
  }

  onRequestStart(...args: [never, never]): void {
    this.#handler.onRequestStart?.(...args)
  }

  onRequestUpgrade(...args: [never, number, never, never]): void {
    this.#handler.onRequestUpgrade?.(...args)
  }

  onResponseStart(...args: [never, number, never, string?]): void {
    if (args[1] === 401) this.#refused = { start: args, chunks: [], bytes: 0 }
    else this.#handler.onResponseStart?.(...args)
  }

  onResponseData(controller: never, chunk: never): void {
    const refused = this.#refused
    if (refused === undefined) {
      this.#handler.onResponseData?.(controller, chunk)
      return
    }
    refused.chunks.push(chunk)
    refused.bytes += (chunk as Uint8Array).byteLength
    // Latchkey never sends a 401 with a body this long, so the caller gets this answer without a second attempt. The
    // manager still replaces the token for the next request.
    if (refused.bytes > MOST_KEPT_BYTES) {
      this.#replacement().catch(() => undefined)
      this.#passOn(controller)
    }
  }

  onResponseEnd(controller: never, trailers: never): void {
    if (this.#refused === undefined) {
      this.#handler.onResponseEnd?.(controller, trailers)
      return
    }
    this.#replacement()
      .then((next) => {
        if (next !== undefined && canRepeat(this.#options.body)) {
          this.#send(this.#options, this.#handler, next)
          return
        }
        this.#passOn(controller)
        this.#handler.onResponseEnd?.(controller, trailers)
      })
      .catch((failure: unknown) => this.#handler.onResponseError?.(controller, failure as never))
  }

  #replacement(): Promise<string | undefined> {
    const headers = this.#refused?.start[2] as Readonly<Record<string, string | string[] | undefined>> | undefined
    return this.#tokens.replaceRefused(this.#token, readReason(String(headers?.['latchkey-reason'])))
  }

  onResponseError(...args: [never, never]): void {
    this.#handler.onResponseError?.(...args)
  }

  #passOn(controller: never): void {
    const { start, chunks } = this.#refused ?? { start: [], chunks: [] }
    this.#refused = undefined
    this.#handler.onResponseStart?.(...(start as [never, number, never]))
    for (const chunk of chunks) this.#handler.onResponseData?.(controller, chunk as never)
  }
}

const canRepeat = (body: unknown): boolean =>
  body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body)

/** undici accepts headers as an object, as a flat list, or as pairs. */
function withToken(headers: unknown, token: string): string[] {
  const pairs: [string, unknown][] = Array.isArray(headers)
    ? headers.flatMap((name: unknown, index) =>
        index % 2 === 0 ? [[String(name), headers[index + 1]] as [string, unknown]] : [],
      )
    : headers !== null && typeof headers === 'object' && Symbol.iterator in headers
      ? [...(headers as Iterable<[string, unknown]>)]
      : Object.entries((headers ?? {}) as Record<string, unknown>)
  const others = pairs.filter(([name, value]) => name.toLowerCase() !== 'authorization' && value !== undefined)
  const flat = others.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) => [name, String(one)]),
  )
  return [...flat, 'authorization', `Bearer ${token}`]
}
