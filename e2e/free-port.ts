// A free port, for servers that must have the same address before and after a restart.
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * These ports lie below the range from which a system chooses the ports of outgoing connections. An outgoing connection
 * could otherwise take the port before the server listens on it.
 */
const [LOWEST, HIGHEST] = [20_000, 32_000]

const given = new Set<number>()

/** Returns another port at each call. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    const listening = once(server, 'listening')
    server.listen(port, '127.0.0.1')
    await listening
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw cause
  }
  server.close()
  await once(server, 'close')
  return true
}
