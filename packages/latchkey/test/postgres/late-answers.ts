// A proxy in front of the database that holds back the answers on one kind of connection.
import { connect, type Socket } from 'node:net'
import { aRelay } from './a-relay.ts'

export interface LateAnswers {
  readonly port: number
  /** Holds back all answers on connections of this kind. Their statements still arrive at the database. */
  hold(): void
  /** Delivers the held answers, and all later answers. */
  release(): void
}

/** Makes a proxy to port `target`, for connections with this `application_name`. It ends with the running test. */
export async function lateAnswers(target: number, name: string): Promise<LateAnswers> {
  const held: { readonly to: Socket; readonly bytes: Buffer }[] = []
  let isHolding = false
  const { port } = await aRelay((near, keep) => {
    const far = connect(target, '127.0.0.1')
    keep(far)
    let isNamed = false
    near.once('data', (startup: Buffer) => {
      isNamed = startup.includes(name)
    })
    near.on('data', (bytes: Buffer) => far.write(bytes))
    far.on('data', (bytes: Buffer) => {
      if (isHolding && isNamed) held.push({ to: near, bytes })
      else near.write(bytes)
    })
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  return {
    port,
    hold: () => {
      isHolding = true
    },
    release: () => {
      isHolding = false
      for (const { to, bytes } of held.splice(0)) to.write(bytes)
    },
  }
}
