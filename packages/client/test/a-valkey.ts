// A real Valkey server for a suite: it keeps its data in memory, listens on loopback, and ends with the suite that
// started it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { Redis } from 'iovalkey'

export interface RunningValkey {
  readonly port: number
  connect(): Redis
  stop(): Promise<void>
}

export async function startValkey(): Promise<RunningValkey> {
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--loglevel',
    'warning',
  ]
  const child = spawn('valkey-server', args, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const clients: Redis[] = []
  const connect = (): Redis => {
    const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, maxRetriesPerRequest: null })
    // While the server is starting or stopped, the client reports each failed attempt to connect.
    client.on('error', () => undefined)
    clients.push(client)
    return client
  }
  await connect().ping()
  return {
    port,
    connect,
    stop: async () => {
      for (const client of clients) client.disconnect()
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
