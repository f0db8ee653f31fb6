// One attack on a listener, limited in connections, bytes and time. It runs in its own process, so that it does not
// slow down the measurement.
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Attack } from '../attacks/attack-names.ts'
import { answerJobs } from '../jobs.ts'

export interface AttackJob {
  readonly attack: Attack
  /** The origin of the listener. */
  readonly url: string
  /** A request without a body and without credentials. */
  readonly request: string
  readonly seconds: number
}

/** The number of bytes of one write. Node reads at most this much at once. */
const BURST_BYTES = 65_000
const CONNECTIONS: Readonly<Record<Attack, number>> = { pipelining: 100, 'never read': 200, slow: 500, huge: 50 }
/** The number of bytes that a connection with a huge head or body sends. */
const HUGE_BYTES = 64 * 1024 * 1024

/** Returns how many connections the listener had closed by the end. */
answerJobs<AttackJob, number>(async (job) => {
  const sockets = Array.from({ length: CONNECTIONS[job.attack] }, (_, index) => open(job, index))
  await setTimeout(job.seconds * 1000)
  const closed = sockets.filter((socket) => socket.destroyed).length
  for (const socket of sockets) socket.destroy()
  return closed
})

function open(job: AttackJob, index: number): Socket {
  const { hostname, port } = new URL(job.url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => undefined)
  socket.once('connect', () => {
    act(socket, job, index)
  })
  return socket
}

function act(socket: Socket, { attack, request }: AttackJob, index: number): void {
  const burst = request.repeat(Math.ceil(BURST_BYTES / request.length))
  switch (attack) {
    case 'pipelining':
      sendAgain(socket, burst)
      return
    case 'never read':
      socket.pause()
      socket.write(burst)
      return
    case 'slow':
      socket.resume()
      drip(socket, index % 2 === 0 ? request.slice(0, 20) : withBody(request, 100_000))
      return
    case 'huge':
      socket.resume()
      flood(socket, index % 2 === 0 ? `${request.slice(0, -2)}X-Huge: ` : withBody(request, HUGE_BYTES))
  }
}

const withBody = (request: string, length: number): string =>
  `${request.replace(/^GET/, 'POST').slice(0, -2)}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(length)}\r\n\r\n`

/** Sends a burst, reads the answers, and sends the next burst once no more bytes arrive. */
function sendAgain(socket: Socket, burst: string): void {
  socket.write(burst)
  socket.setTimeout(100)
  socket.on('timeout', () => socket.write(burst))
  socket.resume()
}

function drip(socket: Socket, beginning: string): void {
  socket.write(beginning)
  const timer = setInterval(() => socket.write('a'), 500)
  socket.once('close', () => {
    clearInterval(timer)
  })
}

function flood(socket: Socket, beginning: string): void {
  const piece = Buffer.alloc(64 * 1024, 'a')
  let left = HUGE_BYTES
  socket.write(beginning)
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= piece.length
      if (!socket.write(piece)) return
    }
  }
  socket.on('drain', more)
  more()
}
