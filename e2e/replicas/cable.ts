// A proxy between a server and its database. A test can redirect it to another database, and can stop the traffic while
// the connections stay open.
import { connect, type Socket } from 'node:net'
import { aRelay } from '../../packages/latchkey/test/postgres/a-relay.ts'

export interface Cable {
  /** The port at which the server reaches its database. */
  readonly port: number
  /** Redirects new connections to the database at this port. Open connections are not changed. */
  leadTo(port: number): void
  /** Closes all open connections. */
  cut(): void
  /**
   * Stops all traffic in both directions. Open connections stay open, and new connections are accepted, but no byte
   * passes.
   */
  goDead(): void
  /**
   * Stops the traffic of the open connections permanently, and keeps them open at both ends. New connections work
   * normally.
   */
  forgetOpen(): void
  /** Lets traffic pass again. Closes the connections whose traffic was stopped. New connections work normally. */
  mend(): void
  /** Holds back the bytes of both sides until `release`, as if the receiving side were paused. */
  hold(): void
  /** Delivers the bytes that were held back. */
  release(): void
}

/** Starts a proxy to the database at port `target`. It is closed after the running test. */
export async function layCable(target: number): Promise<Cable> {
  let at = target
  let isDead = false
  let isHeld = false
  const held = new Set<Socket>()
  const { port, open } = await aRelay((near, keep) => {
    if (isDead) {
      held.add(near)
      return
    }
    const far = connect(at, '127.0.0.1')
    keep(far)
    far.on('close', () => near.destroy())
    near.on('close', () => far.destroy())
    const pass = (from: Socket, to: Socket): void => {
      if (isHeld) from.pause()
      from.on('data', (bytes) => {
        if (isDead || held.has(from)) held.add(from).add(to)
        else to.write(bytes)
      })
    }
    pass(near, far)
    pass(far, near)
  })
  return {
    port,
    leadTo: (port) => {
      at = port
    },
    cut: () => {
      for (const socket of open) socket.destroy()
    },
    goDead: () => {
      isDead = true
    },
    forgetOpen: () => {
      for (const socket of open) held.add(socket)
    },
    mend: () => {
      isDead = false
      for (const socket of held) socket.destroy()
      held.clear()
    },
    hold: () => {
      isHeld = true
      for (const socket of open) socket.pause()
    },
    release: () => {
      isHeld = false
      for (const socket of open) socket.resume()
    },
  }
}
