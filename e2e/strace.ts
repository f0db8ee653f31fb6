// Runs strace on a running server, to show the order of its system calls or to inject disk errors.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { eventually } from './eventually.ts'
import { aTemporaryFolder, type RealServer } from './real-server.ts'

export interface Tracing {
  /** Detaches strace from the server. Resolves with the trace. */
  detach(): Promise<string>
}

/** Attaches strace. Resolves when every thread is traced. strace ends with the running test. */
export async function attachStrace(server: Pick<RealServer, 'pid'>, options: readonly string[]): Promise<Tracing> {
  const output = join(aTemporaryFolder(), 'trace')
  const child = spawn('strace', ['-f', '-y', '-y', '-o', output, '-p', String(server.pid), ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const detach = async (): Promise<string> => {
    child.kill('SIGTERM')
    await exited
    return readFileSync(output, 'utf8')
  }
  onTestFinished(async () => void (await detach()))
  await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`strace ended: ${said}`)
      return said.includes('attached')
    },
    { within: 60_000, what: 'strace is attached' },
  )
  return { detach }
}
