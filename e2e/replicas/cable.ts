// The cable between a server and its database: it can be led to another one, or go dead without anybody being told.
import { connect, type Socket } from 'node:net'
import { aRelay } from '../../packages/latchkey/test/postgres/a-relay.ts'

export interface Cable {
  /** Where the server finds its database. */
  readonly port: number
  /** From now on new connections lead there; those that are open stay where they are. */
  leadTo(port: number): void
  /** Closes what is open. */
  cut(): void
  /** Nothing comes through any more, in neither direction; no connection is closed, and new ones are accepted. */
  goDead(): void
  /** What is open falls silent for good, and neither end is told: it is open to each of them. New ones are good. */
  forgetOpen(): void
  /** As before. What was open while it was dead is closed now. */
  mend(): void
  /** What either side says waits in the cable, as if that side were paused after it had said it. */
  hold(): void
  /** What waited goes on its way, late. */
  release(): void
}

/** To the database at `target`; gone with the running test. */
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
