// A mock in its own process, started as a CI job starts it.
import { onTestFinished } from 'vitest'
import { eventually } from './eventually.ts'
import { type CliProcess, startCli } from './run-cli.ts'

/** The line of JSON that a mock prints when it is ready. */
export interface Report {
  readonly issuer: string
  readonly token_endpoint: string
  readonly admin_url: string
  readonly admin_key: string
  readonly client_id: string
  readonly client_secret: string
}

export const PATH = { PATH: process.env['PATH'] ?? '' }
export const FREE_PORTS = ['--port', '0', '--admin-port', '0', '--signing-alg', 'ES256']

/** Starts a mock and waits until it is ready. Stops it gracefully after the running test. */
export async function aMock(...args: readonly string[]): Promise<CliProcess & { readonly reported: Report }> {
  const mock = startCli(['mock', ...FREE_PORTS, '--json', ...args], PATH)
  onTestFinished(async () => {
    mock.child.kill('SIGTERM')
    await mock.exited
  })
  const line = await eventually(() => (mock.stdout().endsWith('\n') ? mock.stdout() : undefined), {
    within: 60_000,
    what: 'the mock is ready',
  })
  return { ...mock, reported: JSON.parse(line) as Report }
}
