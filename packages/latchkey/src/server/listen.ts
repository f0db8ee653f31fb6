// Binds a listener, with an error that says what to do.
import type { AddressInfo, Server } from 'node:net'

interface ListenAddress {
  readonly host: string
  /** The port. 0 means any free port. */
  readonly port: number
  /** The name of the setting for the port, for messages. */
  readonly setting: string
}

/** Binds the listener and returns its port. Throws an Error whose message says what to do. */
export async function listen(server: Server, address: ListenAddress): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new Error(explain(cause, address), { cause }))
    })
    server.listen(address.port, address.host, resolve)
  })
  return (server.address() as AddressInfo).port
}

function explain(cause: NodeJS.ErrnoException, { host, port, setting }: ListenAddress): string {
  const place = `${host}:${String(port)}`
  switch (cause.code) {
    case 'EADDRINUSE':
      return `${place} is taken by another program. Stop that program, or choose another port with ${setting}.`
    case 'EACCES':
      return `This user may not listen on ${place}. Choose a port above 1023 with ${setting}.`
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine. Choose one with the setting of the host.`
    default:
      return `The server cannot listen on ${place}: ${cause.message}. Choose another port with ${setting}.`
  }
}
