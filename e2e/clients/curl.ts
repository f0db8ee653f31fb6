// Runs curl and waits for its end.
import { spawn } from 'node:child_process'

export interface CurlOutcome {
  /** The exit code of curl. It is 0 even if the server refused the request. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export function curl(...args: readonly string[]): Promise<CurlOutcome> {
  return new Promise((resolve, reject) => {
    // --disable comes first, so that curl ignores the user's .curlrc.
    const child = spawn('curl', ['--disable', '--max-time', '60', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') })
    })
  })
}
