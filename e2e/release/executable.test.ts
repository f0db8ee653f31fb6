// The executable, alone in an empty folder: every command, the console, kills under load, and stores that the checkout
// made.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { buildExecutables } from '../../scripts/release/executable.mjs'
import { Connection } from '../connection.ts'
import { runCrashes } from '../crash-rounds.ts'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { createIntegration, PREDICT } from '../integrations.ts'
import { aTemporaryFolder, startRealServer } from '../real-server.ts'
import { aDataFolder, RELEASES } from '../upgrades/fixtures.ts'
import { builtExecutable } from './an-executable.ts'

const VERSION = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../packages/latchkey/package.json'), 'utf8')) as {
    version: string
  }
).version

let executable = ''
beforeAll(() => {
  executable = builtExecutable()
})

/** Runs the executable until it ends. It gets only these variables. */
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(executable, args, { env, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })

/**
 * Starts the executable with only these variables. Returns a function for its standard output up to now. The process is
 * stopped after the running test.
 */
function start(args: readonly string[], env: Readonly<Record<string, string>>): () => string {
  const child = spawn(executable, args, { env, stdio: ['ignore', 'pipe', 'inherit'], cwd: aTemporaryFolder() })
  onTestFinished(async () => {
    if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM'))
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return () => output
}

const printed = (output: () => string, pattern: RegExp): Promise<string> =>
  eventually(() => pattern.exec(output())?.[1], { within: 60_000, what: `it prints ${String(pattern)}` })

describe.skipIf(!has('linux-x64'))('the executable', () => {
  test('names its version, and contains the licences of all software inside it', () => {
    expect(run(['--version'])).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: '' })
    const { stdout } = run(['licenses'])
    for (const name of ['Node.js', 'fastify', 'react']) expect(stdout).toMatch(new RegExp(`^${name} \\d+\\.`, 'm'))
  })

  test('ignores options for Node in the environment and on the command line', () => {
    const injected = join(aTemporaryFolder(), 'injected.cjs')
    writeFileSync(injected, "console.log('injected')")
    expect(run(['--version', '--require', injected], { NODE_OPTIONS: `--require ${injected}` }).stdout).not.toContain(
      'injected',
    )
  })

  test('serves its console and refuses a superseded token, with no other file present', async () => {
    const output = start(['serve', '--port', '0', '--admin-port', '0'], {})
    const endpoint = await printed(output, /Token endpoint +(\S+)/)
    const consoleUrl = await printed(output, /Console +(\S+?)\/set-up#/)
    const credentials = `${await printed(output, /CLIENT_ID='(\S+)'/)}:${await printed(output, /CLIENT_SECRET='(\S+)'/)}`
    const token = async (): Promise<string> => {
      const response = await fetch(`${endpoint}?scope=${PREDICT}&grant_type=client_credentials`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
      })
      return ((await response.json()) as { access_token: string }).access_token
    }
    const verify = (bearer: string): Promise<Response> =>
      fetch(`${endpoint.replace(/token$/, 'verify')}?scope=${PREDICT}`, {
        headers: { authorization: `Bearer ${bearer}` },
      })
    const first = await token()
    expect((await verify(first)).status).toBe(200)
    await token()
    const refused = await verify(first)
    expect([refused.status, refused.headers.get('latchkey-reason')]).toEqual([401, 'superseded'])
    const page = await (await fetch(`${consoleUrl}/sign-in`, { headers: { accept: 'text/html' } })).text()
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? ''
    const asset = await fetch(`${consoleUrl}${script}`)
    expect([asset.status, asset.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
    expect((await asset.text()).length).toBeGreaterThan(10_000)
  })

  test('runs as a gateway', async () => {
    const server = await startRealServer({ program: [executable] })
    const guard = await createIntegration(server, { resource_server_for: [PREDICT] })
    const caller = await createIntegration(server)
    const api = createServer((_request, response) => response.end('from the API')).listen(0, '127.0.0.1')
    await once(api, 'listening')
    onTestFinished(() => void api.close())
    const upstream = `http://127.0.0.1:${String((api.address() as AddressInfo).port)}`
    const folder = aTemporaryFolder()
    const port = await freePort()
    const config = join(folder, 'gateway.yaml')
    writeFileSync(
      config,
      JSON.stringify({
        issuer: server.issuer,
        listen: { port },
        status: { port: 0 },
        apis: [{ name: 'API', upstream, routes: ['/**'], scope: PREDICT }],
      }),
    )
    start(['gateway', '--config', config], {
      LATCHKEY_CLIENT_ID: guard.clientId,
      LATCHKEY_CLIENT_SECRET: guard.clientSecret.reveal(),
    })
    const connection = new Connection(server)
    const token = await connection.token(caller)
    const answer = await eventually(
      async () => {
        const response = await fetch(`http://127.0.0.1:${String(port)}/x`, {
          headers: { authorization: `Bearer ${token}` },
        }).catch(() => undefined)
        return response?.status === 200 ? response.text() : undefined
      },
      { within: 60_000, what: 'the gateway passes the request on' },
    )
    expect(answer).toBe('from the API')
    connection.close()
  })

  test('runs as an agent, which serves the token that the server issued', async () => {
    const server = await startRealServer({ program: [executable] })
    const caller = await createIntegration(server)
    const folder = aTemporaryFolder()
    const config = join(folder, 'agent.yaml')
    const secret = join(folder, 'client.secret')
    writeFileSync(secret, caller.clientSecret.reveal(), { mode: 0o600 })
    const socketPath = join(aTemporaryFolder(), 'agent.sock')
    writeFileSync(
      config,
      JSON.stringify({
        socket: socketPath,
        integrations: [
          {
            ...{ name: 'caller', issuer: server.issuer, scopes: [PREDICT] },
            ...{ client_id: caller.clientId, client_secret_file: secret },
          },
        ],
      }),
    )
    start(['agent', '--config', config], {})
    const answer = await eventually(() => askAgent(socketPath, `/token?scope=${PREDICT}`), {
      within: 60_000,
      what: 'the agent has a token',
    })
    const connection = new Connection(server)
    expect(await connection.verify((JSON.parse(answer) as { access_token: string }).access_token)).toMatchObject({
      status: 200,
    })
    connection.close()
  })

  test('runs as a mock', async () => {
    const output = start(['mock', '--port', '0', '--admin-port', '0', '--json'], {})
    await eventually(() => output().endsWith('\n'), { within: 60_000, what: 'the mock is ready' })
    expect(JSON.parse(output())).toHaveProperty('token_endpoint')
  })

  test('loses no acknowledged token and accepts no superseded token after five kills under load', async () => {
    const outcome = await runCrashes(5, [executable])
    expect(outcome.violations).toEqual([])
    expect(outcome.unansweredIssues).toBeGreaterThan(2)
    expect(outcome.liveAfterRestart).toBeGreaterThan(10)
  })

  test('makes a data folder that first the checkout and then the executable can serve, with the same live token', async () => {
    const dataDir = aTemporaryFolder()
    const env = { LATCHKEY_PORT: String(await freePort()), LATCHKEY_DEMO: 'off' }
    const first = await startRealServer({ dataDir, env, program: [executable] })
    const integration = await createIntegration(first)
    const token = await tokenOf(first)(integration)
    await first.stop()
    for (const program of [undefined, [executable] as const]) {
      const server = await startRealServer({ dataDir, env, ...(program !== undefined && { program }) })
      const connection = new Connection(server)
      expect(await connection.verify(token)).toMatchObject({ status: 200 })
      connection.close()
      await server.stop()
    }
  })

  test.each(RELEASES)('opens the store of %s, and the audit trail of that store verifies', async (release) => {
    const { env, dataDir, answers } = aDataFolder(release, 'stopped')
    const server = await startRealServer({
      ...{ dataDir, program: [executable] },
      env: { ...env, LATCHKEY_PORT: String(await freePort()) },
    })
    const list = run(['integrations', 'list', '--json'], { LATCHKEY_DATA_DIR: dataDir })
    const { items } = JSON.parse(list.stdout) as { items: readonly { readonly id: string }[] }
    const before = answers.store.integrations as readonly { readonly id: string }[]
    expect(items.map(({ id }) => id).toSorted()).toEqual(before.map(({ id }) => id).toSorted())
    expect(run(['audit', 'verify'], { LATCHKEY_DATA_DIR: dataDir })).toMatchObject({ status: 0 })
    await server.stop()
  })

  test('has the same bytes when it is built twice, and they do not contain the path of the build', () => {
    const bytes = readFileSync(executable)
    expect(readFileSync(builtExecutable()).equals(bytes)).toBe(true)
    expect(bytes.includes(Buffer.from(join(import.meta.dirname, '../..')))).toBe(false)
  })

  test('can be built for arm64 too', () => {
    const dist = aTemporaryFolder()
    const [file = ''] = buildExecutables(dist, { architectures: ['arm64'] })
    const header = readFileSync(join(dist, file)).subarray(0, 20)
    // In an ELF header the processor is at byte 18. 183 means AArch64.
    expect([header.toString('latin1', 1, 4), header.readUInt16LE(18)]).toEqual(['ELF', 183])
  })
})

/** Asks the agent for its token. Undefined until the agent listens and has a token. */
const askAgent = (socketPath: string, path: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    request({ socketPath, path }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => {
        resolve(response.statusCode === 200 ? body : undefined)
      })
    })
      .on('error', () => {
        resolve(undefined)
      })
      .end()
  })

const tokenOf =
  (server: Awaited<ReturnType<typeof startRealServer>>) =>
  async (integration: Awaited<ReturnType<typeof createIntegration>>): Promise<string> => {
    const connection = new Connection(server)
    const token = await connection.token(integration)
    connection.close()
    return token
  }
