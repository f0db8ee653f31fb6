// Requests that come when they come, as from many independent programs: a slow answer delays none of those after it.
import { repeatableChance } from '../chance.ts'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import type { OpenLoopJob, Round } from './job.ts'
import { MeasuredTime, withLast } from './measured-time.ts'
import { requestCycle } from './requests.ts'

const CONNECTIONS = 128
const RAMP_MS = 500

/**
 * Arrivals at random (a Poisson process) with the given mean rate. Latency counts from the moment a request was due, also
 * when every connection was still waiting for an earlier answer. Rejects at the first answer that is not a 200.
 */
export async function openLoop({ target, perSecond, seconds, beside }: OpenLoopJob): Promise<Round> {
  const cycle = requestCycle(target)
  const chance = repeatableChance(2)
  const gap = (): number => (-Math.log(1 - chance()) / perSecond) * 1000
  const connections = await Connections.open(target.url, CONNECTIONS)
  const idle = [...connections.all]
  const waiting: number[] = []
  const began = performance.now() + RAMP_MS
  const end = began + seconds * 1000
  let due = performance.now()
  let measured: MeasuredTime | undefined

  const send = (connection: Connection, dueAt: number): void => {
    connection.send(cycle.next().bytes, (status, body) => {
      if (dueAt >= began) measured?.answered(performance.now() - dueAt)
      connections.expectOk(status, body)
      const next = waiting.shift()
      if (next === undefined) idle.push(connection)
      else send(connection, next)
    })
  }

  // Timers are a millisecond coarse: with a core of its own this process looks at the clock all the time. Where others
  // need that core, who never sleeps is made to wait for them, and who does is woken at once.
  const later = beside === 'nothing' ? setImmediate : (turn: () => void) => setTimeout(turn, 1)
  const run = new Promise<Omit<Round, 'last'>>((resolve) => {
    const turn = (): void => {
      const now = performance.now()
      if (measured === undefined && now >= began) measured = new MeasuredTime(target)
      for (; due <= now && due < end; due += gap()) {
        // In turn: one that is never used is closed by the server before a long round is over.
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
