// A closed loop: each connection sends its next request as soon as it has the answer to the last.
import { setTimeout as pause } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import type { ClosedLoopJob, LastAnswer, Round } from './job.ts'
import { MeasuredTime, withLast } from './measured-time.ts'
import { type PreparedRequest, requestSupply, type RequestSupply } from './requests.ts'

const RAMP_MS = 200

/**
 * Sends requests for the given time, or until there is no further request. Rejects at the first answer with another
 * status than the expected one.
 */
export async function closedLoop({ target, connections: count, seconds }: ClosedLoopJob): Promise<Round> {
  const supply = requestSupply(target)
  const connections = await Connections.open(target, count)
  try {
    const lines = connections.all.map((connection) => new Line(connection, connections, supply))
    await connections.orBroken(pause(RAMP_MS))
    const measured = new MeasuredTime(target)
    for (const line of lines) line.measured = measured
    await connections.orBroken(Promise.race([pause(seconds * 1000), supply.usedUp]))
    const round = measured.end()
    return withLast(round, await connections.orBroken(Promise.all(lines.map((line) => line.stop()))))
  } finally {
    connections.close()
  }
}

/** The loop of one connection. */
class Line {
  measured: MeasuredTime | undefined
  readonly #connection: Connection
  readonly #connections: Connections
  readonly #supply: RequestSupply
  #onLast: ((last: LastAnswer) => void) | undefined
  /** The last answer of a loop that has no further request. */
  #last: LastAnswer | undefined

  constructor(connection: Connection, connections: Connections, supply: RequestSupply) {
    this.#connection = connection
    this.#connections = connections
    this.#supply = supply
    const first = supply.next()
    if (first === undefined) throw new RangeError('there are fewer requests than connections')
    this.#send(first)
  }

  /** Resolves when the request in flight is answered. */
  stop(): Promise<LastAnswer> {
    this.measured = undefined
    return new Promise((resolve) => {
      if (this.#last === undefined) this.#onLast = resolve
      else resolve(this.#last)
    })
  }

  #send({ bytes, authorization }: PreparedRequest): void {
    const sentAt = performance.now()
    this.#connection.send(bytes, (status, body) => {
      this.measured?.answered(performance.now() - sentAt)
      this.#connections.expectStatus(status, body)
      const next = this.#onLast === undefined ? this.#supply.next() : undefined
      if (next === undefined) this.#end({ authorization, body: body.toString('latin1') })
      else this.#send(next)
    })
  }

  #end(last: LastAnswer): void {
    if (this.#onLast === undefined) this.#last = last
    else this.#onLast(last)
  }
}
