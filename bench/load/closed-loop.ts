// A closed loop: each connection sends its next request as soon as it has the answer to the last.
import { setTimeout as pause } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import type { ClosedLoopJob, LastAnswer, Round } from './job.ts'
import { MeasuredTime, withLast } from './measured-time.ts'
import { type RequestCycle, requestCycle } from './requests.ts'

const RAMP_MS = 200

/** Rejects at the first answer other than 200. */
export async function closedLoop({ target, connections: count, seconds }: ClosedLoopJob): Promise<Round> {
  const cycle = requestCycle(target)
  const connections = await Connections.open(target.url, count)
  try {
    const lines = connections.all.map((connection) => new Line(connection, connections, cycle))
    await connections.orBroken(pause(RAMP_MS))
    const measured = new MeasuredTime(target)
    for (const line of lines) line.measured = measured
    await connections.orBroken(pause(seconds * 1000))
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
  readonly #cycle: RequestCycle
  #onLast: ((last: LastAnswer) => void) | undefined

  constructor(connection: Connection, connections: Connections, cycle: RequestCycle) {
    this.#connection = connection
    this.#connections = connections
    this.#cycle = cycle
    this.#ask()
  }

  /** Resolves when the request in flight is answered. */
  stop(): Promise<LastAnswer> {
    this.measured = undefined
    return new Promise((resolve) => {
      this.#onLast = resolve
    })
  }

  #ask(): void {
    const { bytes, authorization } = this.#cycle.next()
    const sentAt = performance.now()
    this.#connection.send(bytes, (status, body) => {
      this.measured?.answered(performance.now() - sentAt)
      this.#connections.expectOk(status, body)
      if (this.#onLast === undefined) this.#ask()
      else this.#onLast({ authorization, body: body.toString('latin1') })
    })
  }
}
