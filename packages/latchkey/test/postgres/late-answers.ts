// A proxy before the database that holds back what the server says on one kind of connection, for tests.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface LateAnswers {
  readonly port: number
  /** From now on no answer arrives on these connections; what is asked still does. */
  hold(): void
  /** All that was held arrives, and what comes after it. */
  release(): void
}

/** Before the database at `target`, for the connections that have this name there; gone with the running test. */
export async function lateAnswers(target: number, name: string): Promise<LateAnswers> {
  const held: { readonly to: Socket; readonly bytes: Buffer }[] = []
  const open = new Set<Socket>()
  let isHolding = false
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    let isNamed = false
    near.once('data', (startup: Buffer) => {
      isNamed = startup.includes(name)
    })
    near.on('data', (bytes: Buffer) => far.write(bytes))
    far.on('data', (bytes: Buffer) => {
      if (isHolding && isNamed) held.push({ to: near, bytes })
      else near.write(bytes)
    })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // prettier-ignore
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return {
    port: (server.address() as AddressInfo).port,
    hold: () => {
      isHolding = true
    },
    release: () => {
      isHolding = false
      for (const { to, bytes } of held.splice(0)) to.write(bytes)
    },
  }
}
