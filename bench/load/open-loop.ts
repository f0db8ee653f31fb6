// An open loop: requests start at random times, as from many independent programs. A slow answer delays no later
// request.
import { repeatableChance } from '../chance.ts'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import type { OpenLoopJob, Round } from './job.ts'
import { MeasuredTime, withLast } from './measured-time.ts'
import { requestSupply } from './requests.ts'

const CONNECTIONS = 128
const RAMP_MS = 500

/**
 * Sends requests at random times (a Poisson process) with the given mean rate. The latency of a request counts from the
 * moment at which the request was due, even if no connection was free then. Rejects at the first answer with another
 * status than the expected one.
 */
export async function openLoop({ target, perSecond, seconds, beside }: OpenLoopJob): Promise<Round> {
  const supply = requestSupply(target)
  const chance = repeatableChance(2)
  const gap = (): number => (-Math.log(1 - chance()) / perSecond) * 1000
  const connections = await Connections.open(target, CONNECTIONS)
  const idle = [...connections.all]
  const waiting: number[] = []
  const began = performance.now() + RAMP_MS
  const end = began + seconds * 1000
  let due = performance.now()
  let measured: MeasuredTime | undefined

  const send = (connection: Connection, dueAt: number): void => {
    const request = supply.next()
    if (request === undefined) {
      connections.fail(new Error('there are too few requests for this rate'))
      return
    }
    connection.send(request.bytes, (status, body) => {
      if (dueAt >= began) measured?.answered(performance.now() - dueAt)
      connections.expectStatus(status, body)
      const next = waiting.shift()
      if (next === undefined) idle.push(connection)
      else send(connection, next)
    })
  }

  // Timers have a resolution of one millisecond, so with a core of its own this process polls the clock. On a shared
  // core it sleeps instead: the kernel delays a process that never sleeps, and runs one that wakes up at once.
  const later = beside === 'nothing' ? setImmediate : (turn: () => void) => setTimeout(turn, 1)
  const run = new Promise<Omit<Round, 'last'>>((resolve) => {
    const turn = (): void => {
      const now = performance.now()
      if (measured === undefined && now >= began) measured = new MeasuredTime(target)
      for (; due <= now && due < end; due += gap()) {
        // The connections are used in turn, because the server closes a connection that is unused for long.
        const connection = idle.shift()
        if (connection === undefined) waiting.push(due)
        else send(connection, due)
      }
      if (measured !== undefined && due >= end && idle.length === connections.all.length) resolve(measured.end())
      else later(turn)
    }
    turn()
  })
  try {
    return withLast(await connections.orBroken(run), [])
  } finally {
    connections.close()
  }
}
