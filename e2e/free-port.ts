// A port that is free now, for servers that must be found at the same address before and after a restart.
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below those that a system gives to outgoing connections, any of which could take the port before or between its
 * uses.
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
