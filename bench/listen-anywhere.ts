// Binds a server to a free port of the loopback interface.
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/** Returns the server's origin. */
export async function listenAnywhere(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
}
