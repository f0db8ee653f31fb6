// A proxy between a server and its database. It can lead to another database, or go silent while both ends stay
// connected.
import { connect, type Socket } from 'node:net'
import { aRelay } from '../../packages/latchkey/test/postgres/a-relay.ts'

export interface Cable {
  /** Where the server finds its database. */
  readonly port: number
  /** Makes new connections lead to this database. Open connections stay. */
  leadTo(port: number): void
  /** Closes the open connections. */
  cut(): void
  /** Passes no byte in either direction. It closes no connection, and accepts new ones. */
  goDead(): void
  /** Makes open connections silent permanently, but open at both ends. New ones work normally. */
  forgetOpen(): void
  /** Works normally again. Connections that were open while it was silent are closed now. */
  mend(): void
  /** Keeps the bytes of either side, as if the other side were paused. */
  hold(): void
  /** Delivers the bytes that it kept, late. */
  release(): void
}

/** Makes a cable to the database at `target`. It is closed after the running test. */
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
