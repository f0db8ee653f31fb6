// A server in a container: it speaks plain HTTP on all addresses, and its ports are published on the loopback address
// of the host.
import { execFile } from 'node:child_process'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Connection } from './connection.ts'
import { promptly } from './eventually.ts'
import { createIntegration } from './integrations.ts'
import { aTemporaryFolder, type RealServer, startRealServer, startServe } from './real-server.ts'

const EVERYWHERE = { LATCHKEY_HOST: '0.0.0.0', LATCHKEY_ADMIN_HOST: '0.0.0.0', LATCHKEY_SIGNING_ALG: 'ES256' }
const PUBLISHED = { ...EVERYWHERE, LATCHKEY_PUBLISHED_ON: 'loopback' }
const PROGRAM = join(import.meta.dirname, '../packages/latchkey/bin/latchkey.js')

/** Returns the status of the console page for a browser that sends this Host header. */
const consoleStatus = ({ adminUrl }: RealServer, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request(`${adminUrl}/readyz`, { headers: { host }, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })

interface Doctor {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const doctor = (dataDir: string, ...args: readonly string[]): Promise<Doctor> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], LATCHKEY_DATA_DIR: dataDir }
    const child = execFile(process.execPath, [PROGRAM, 'doctor', ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })

test('without TLS and without LATCHKEY_PUBLISHED_ON, the server does not start, names three remedies and makes no file', async () => {
  const started = startServe({ env: EVERYWHERE })
  const exit = await promptly(started.exited, { within: 60_000, what: 'a start that is refused ends' })
  expect(exit.code).toBe(2)
  const said = started.stderr()
  for (const name of ['LATCHKEY_HOST', 'LATCHKEY_ADMIN_HOST']) expect(said).toContain(name)
  for (const cure of ['LATCHKEY_TLS_CERT_FILE', 'LATCHKEY_PUBLIC_URL=https://', 'LATCHKEY_PUBLISHED_ON=loopback']) {
    expect(said).toContain(cure)
  }
})

test('with LATCHKEY_PUBLISHED_ON, server and doctor mention the setting, the printed addresses work, and other Host headers are refused', async () => {
  const server = await startRealServer({ env: PUBLISHED })
  expect(server.publicUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(server.adminUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(server.stdout()).toContain('Careful: LATCHKEY_PUBLISHED_ON is loopback')
  const connection = new Connection(server)
  const integration = await createIntegration(server)
  const first = await connection.token(integration)
  const second = await connection.token(integration)
  expect(await connection.verify(first)).toMatchObject({ status: 401 })
  expect(await connection.verify(second)).toMatchObject({ status: 200 })
  connection.close()
  for (const host of [new URL(server.adminUrl).host, 'localhost:9001', '127.0.0.1:9001', '[::1]:9001']) {
    expect(await consoleStatus(server, host)).toBe(200)
  }
  for (const host of ['console.example.com', 'localhost.example.com:9001', '10.0.0.1:9001']) {
    expect(await consoleStatus(server, host)).toBe(421)
  }
  expect((await doctor(server.dataDir)).stdout).toContain('LATCHKEY_PUBLISHED_ON is loopback')
})

test('the quick check of doctor is one line, and its exit code says whether the server is ready', async () => {
  const server = await startRealServer({ env: PUBLISHED })
  const { dataDir } = server
  expect(await doctor(dataDir, '--quick')).toEqual({
    code: 0,
    stdout: `healthy: ${server.publicUrl} and ${server.adminUrl} take requests\n`,
    stderr: '',
  })
  server.kill('SIGKILL')
  await server.exited
  const dead = await doctor(dataDir, '--quick')
  expect(dead.code).toBe(1)
  expect(dead.stdout).toMatch(/^unhealthy: the public listener at [^\n]+ does not answer \(ECONNREFUSED\);[^\n]+\n$/)
  expect((await doctor(aTemporaryFolder(), '--quick', '--json')).stdout).toContain('"healthy"')
})
