// The requests of a round, built before it begins and sent in turn.
import { readFileSync } from 'node:fs'
import { shuffled } from '../chance.ts'
import { type BenchClient, readClients } from '../clients.ts'
import { assertionBodies } from './assertion-requests.ts'
import type { AssertionSource, LoadTarget } from './job.ts'

export interface PreparedRequest {
  readonly bytes: Buffer
  /**
   * The Authorization header with which the same client sends a later request. A request with an assertion omits this
   * header.
   */
  readonly authorization: string
}

/** The requests that a round sends. */
export interface RequestSupply {
  /** Undefined after the last request. */
  next(): PreparedRequest | undefined
  /** Resolves when there is no further request. */
  readonly usedUp: Promise<void>
}

/** Requests that the server accepts only once. */
class SingleUse implements RequestSupply {
  readonly #requests: PreparedRequest[]
  readonly #usedUp = Promise.withResolvers<undefined>()

  constructor(requests: readonly PreparedRequest[]) {
    this.#requests = requests.toReversed()
  }

  get usedUp(): Promise<void> {
    return this.#usedUp.promise
  }

  next(): PreparedRequest | undefined {
    const request = this.#requests.pop()
    if (request === undefined) this.#usedUp.resolve(undefined)
    return request
  }
}

export class RequestCycle implements RequestSupply {
  readonly usedUp = new Promise<void>(() => undefined)
  readonly requests: readonly PreparedRequest[]
  #next = 0

  constructor(requests: readonly PreparedRequest[]) {
    this.requests = requests
  }

  next(): PreparedRequest {
    const request = this.requests[this.#next]
    if (request === undefined) throw new RangeError('there are no requests')
    this.#next = (this.#next + 1) % this.requests.length
    return request
  }
}

const cycles = new Map<string, RequestCycle>()

/**
 * Returns the requests of a round. Assertions that name a client as their issuer are new in each round, because they
 * expire soon.
 */
export function requestSupply(target: LoadTarget): RequestSupply {
  const { requests } = target
  if (requests.kind !== 'assertion' || requests.by === 'platform') return requestCycle(target)
  const signed = withAssertions(target.url, requests)
  return requests.by === 'client' ? new SingleUse(signed) : new RequestCycle(signed)
}

/** Builds the requests for a target. A later round continues where the previous round ended. */
export function requestCycle(target: LoadTarget): RequestCycle {
  const name = JSON.stringify([target.url, target.requests])
  let cycle = cycles.get(name)
  if (cycle === undefined) {
    cycle = new RequestCycle(build(target))
    cycles.set(name, cycle)
  }
  return cycle
}

function build({ url, requests }: LoadTarget): readonly PreparedRequest[] {
  const { host, pathname, search } = new URL(url)
  switch (requests.kind) {
    case 'token': {
      const form = `grant_type=client_credentials&scope=${requests.scope}`
      const head = `POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(form.length)}\r\n`
      // The order is shuffled, so that neighbouring clients in the store do not get their tokens one after the other.
      return shuffled(readClients(requests.clientsFile).map(basic)).map((authorization) =>
        prepared(head, authorization, form),
      )
    }
    case 'assertion':
      return withAssertions(url, requests)
    case 'verify': {
      const head = `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n`
      const tokens = readFileSync(requests.tokensFile, 'utf8').trimEnd().split('\n')
      return tokens.map((token) => prepared(head, `Bearer ${token}`, ''))
    }
    case 'admin': {
      const authorization = `Bearer ${readFileSync(requests.keyFile, 'utf8').trimEnd()}`
      return requests.paths.map((path) =>
        prepared(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\n`, authorization, ''),
      )
    }
  }
}

function withAssertions(url: string, source: AssertionSource): readonly PreparedRequest[] {
  const { host, pathname } = new URL(url)
  const issuer = url.replace(/\/v1\/token$/, '')
  return assertionBodies(source, issuer, shuffled(readClients(source.clientsFile))).map(({ client, body }) => ({
    bytes: Buffer.from(
      `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
      'latin1',
    ),
    authorization: basic(client),
  }))
}

const basic = ({ clientId, clientSecret }: BenchClient): string =>
  `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`

const prepared = (head: string, authorization: string, body: string): PreparedRequest => ({
  bytes: Buffer.from(`${head}Authorization: ${authorization}\r\n\r\n${body}`, 'latin1'),
  authorization,
})
