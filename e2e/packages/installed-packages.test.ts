// The packed packages are installed into an empty folder on each runtime: the server issues tokens, and the guard
// refuses superseded tokens.
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { has } from '../../scripts/programs.mjs'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { aMock } from '../a-mock.ts'
import { eventually } from '../eventually.ts'
import { installGlobally, installIn, installRuntimes, OLD_NODE, outputOf, packAll, RUNTIMES } from './packed.ts'

const PREDICT = 'machinelearning.predict'
const NODES = ['Node 22', 'Node 24', 'Node 26'] as const

let [packedServer, serverFolder, libraryFolder] = ['', '', '']
describe.skipIf(!has('linux-x64'))('the installed packages', () => {
  beforeAll(() => {
    installRuntimes()
    const packed = packAll()
    packedServer = packed.latchkey
    serverFolder = installIn(packed.latchkey)
    libraryFolder = installIn(packed.protocol, packed.credentials, packed.guard, packed.client)
    cpSync(join(import.meta.dirname, 'programs'), libraryFolder, { recursive: true })
  })

  const nodeOf = (name: (typeof NODES)[number]): string => RUNTIMES[name]?.[0] ?? ''
  const latchkey = (): string => join(serverFolder, 'node_modules/latchkey/bin/latchkey.js')

  describe.each(NODES)('on %s', (name) => {
    test('%s starts the installed server in an empty folder, and the server refuses a superseded token', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'latchkey-empty-'))
      const args = [latchkey(), 'serve', '--port', '0', '--admin-port', '0']
      const server = spawn(nodeOf(name), args, { cwd: folder, env: { PATH: process.env['PATH'] }, stdio: 'pipe' })
      onTestFinished(async () => {
        if (server.exitCode === null) await new Promise((resolve) => server.once('exit', resolve).kill('SIGTERM'))
        rmSync(folder, { recursive: true })
      })
      let text = ''
      server.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
      const read = (pattern: RegExp): Promise<string> =>
        eventually(() => pattern.exec(text)?.[1], { within: 60_000, what: `the server prints ${String(pattern)}` })
      const endpoint = await read(/Token endpoint +(\S+)/)
      const credentials = `${await read(/CLIENT_ID='(\S+)'/)}:${await read(/CLIENT_SECRET='(\S+)'/)}`
      const basic = Buffer.from(credentials).toString('base64')
      const verify = (token: string): Promise<Response> =>
        fetch(`${endpoint.replace(/token$/, 'verify')}?scope=${PREDICT}`, {
          headers: { authorization: `Bearer ${token}` },
        })
      const first = await requestToken(endpoint, basic)
      expect((await verify(first)).status).toBe(200)
      await requestToken(endpoint, basic)
      const refused = await verify(first)
      expect([refused.status, refused.headers.get('latchkey-reason')]).toEqual([401, 'superseded'])
    })

    test('%s starts the installed mock, which stops on SIGTERM', async () => {
      const mock = spawn(nodeOf(name), [latchkey(), 'mock', '--port', '0', '--admin-port', '0', '--json'], {
        stdio: 'pipe',
      })
      let line = ''
      mock.stdout.on('data', (chunk: Buffer) => (line += chunk.toString()))
      await eventually(() => line.endsWith('\n'), { within: 60_000, what: 'the mock is ready' })
      expect(JSON.parse(line)).toHaveProperty('token_endpoint')
      expect(await new Promise((resolve) => mock.once('exit', resolve).kill('SIGTERM'))).toBe(0)
    })
  })

  test.each([
    ['npm start', 'npx latchkey'],
    ['npx latchkey serve --port 0 --admin-port 0', 'npx latchkey'],
    ['node_modules/.bin/latchkey serve --port 0 --admin-port 0', 'latchkey'],
  ])(
    'the server that "%s" starts prints instructions with the command "%s", and that command works there',
    async (start, command) => {
      const folder = mkdtempSync(join(tmpdir(), 'latchkey-started-'))
      symlinkSync(join(serverFolder, 'node_modules'), join(folder, 'node_modules'))
      const manifest = { name: 'billing', scripts: { start: 'latchkey serve --port 0 --admin-port 0' } }
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder }
      const server = spawn('sh', ['-c', start], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      })
      const closed = new Promise((resolve) => server.once('close', resolve))
      onTestFinished(async () => {
        if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGTERM')
        await closed
        rmSync(folder, { recursive: true })
      })
      let text = ''
      server.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
      const printed = await eventually(() => /Integrations +(.*)\n/.exec(text)?.[1], {
        within: 60_000,
        what: 'the server is ready',
      })
      expect(printed).toBe(`${command} integrations list`)
      const [program = '', ...args] = printed.replace(/^latchkey/, 'node_modules/.bin/latchkey').split(' ')
      expect(await outputOf([program, ...args], { cwd: folder, env })).toContain('Demo')
    },
  )

  test('npm install --global installs every file of every package', async () => {
    const packages = installGlobally(packedServer)
    expect(await outputOf(['find', packages, '-type', 'd', '-empty'])).toBe('')
    expect(await outputOf([nodeOf('Node 22'), join(packages, 'bin/latchkey.js'), 'serve', '--help'])).toContain('Usage')
  })

  test('an older Node is refused in a plain sentence', () => {
    const { status, stderr } = spawnSync(OLD_NODE, [latchkey(), 'serve'], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^latchkey needs Node 22\.18 or newer; this is Node 20\.\d+\.\d+ \(.*\)\.\n$/)
  })

  test('the installed server takes at most 55 MB', async () => {
    const output = await outputOf(['du', '-sm', join(serverFolder, 'node_modules')])
    expect(Number(output.split('\t')[0])).toBeLessThanOrEqual(55)
  })

  test.each(Object.entries(RUNTIMES))('on %s guard and client refuse every invalid token', async (_, runtime) => {
    const server = await aServer()
    const command = [...runtime, join(libraryFolder, 'refusals.mjs')]
    const output = await outputOf(command, { cwd: libraryFolder, env: { SERVER: JSON.stringify(server) } })
    expect(JSON.parse(output)).toEqual({
      live: '200',
      missing: '401 Bearer',
      malformed: '401 malformed',
      forged: '401 bad_signature',
      otherScope: '403 insufficient_scope',
      superseded: '401 superseded',
      replaced: '200',
      revoked: '401 revoked',
      wrongAudience: '401 wrong_audience',
      introspected: '200',
      introspectedSuperseded: '401 superseded',
      unreachable: '503',
      wrongSecret: 'INVALID_CLIENT',
      noLiveness: 'OPTIONS_INVALID',
    })
  })

  test('in workerd the guard refuses invalid tokens by introspection, and rejects the mode "feed" with an error that names it', async () => {
    const server = await aServer()
    const program = join(import.meta.dirname, 'programs/run-worker.mjs')
    const worker = spawn(nodeOf('Node 26'), [program, join(libraryFolder, 'worker.mjs')], {
      env: { PATH: process.env['PATH'], SERVER: JSON.stringify(server) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(async () => {
      if (worker.exitCode === null) await new Promise((resolve) => worker.once('exit', resolve).kill('SIGTERM'))
    })
    let url = ''
    worker.stdout.on('data', (chunk: Buffer) => (url += chunk.toString()))
    await eventually(() => url.endsWith('\n'), { within: 60_000, what: 'workerd is ready' })
    const call = async (token?: string): Promise<string> => {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const response = await fetch(url.trim(), { headers })
      return `${response.status} ${response.headers.get('latchkey-reason') ?? (await response.text())}`
    }
    const first = await server.requestToken()
    expect(await call(first)).toBe(`200 ${server.client.clientId}`)
    const second = await server.requestToken()
    expect(await Promise.all([first, second, second, first].map(call))).toEqual([
      '401 superseded',
      `200 ${server.client.clientId}`,
      `200 ${server.client.clientId}`,
      '401 superseded',
    ])
    expect(await call('not-a-token')).toBe('401 malformed')
    expect(await call()).toMatch(/^401 .*An access token is needed/)
    expect(await (await fetch(new URL('/feed', url.trim()))).text()).toBe(
      'OPTIONS_INVALID: liveness.mode "feed" does not work in a Cloudflare Worker, where no connection outlives a request: use introspect',
    )
  })
})

test('the table of runtimes in the documentation names exactly the runtimes that are tested here', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/guard.md'), 'utf8')
  const section = page.split('\n## Runtimes\n')[1]?.split('\n## ')[0] ?? ''
  const [, , ...rows] = section.match(/^\|.*\|$/gm) ?? []
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  expect(cells).toEqual([
    ['Node 22 (from 22.18), 24, 26', 'yes', 'yes', 'yes'],
    ['Deno', 'yes', 'yes', 'yes'],
    ['Bun', 'yes', 'yes', 'yes'],
    ['Cloudflare Workers', 'no', 'yes', 'not tested'],
  ])
  expect(Object.keys(RUNTIMES)).toEqual(['Node 22', 'Node 24', 'Node 26', 'Deno', 'Bun'])
})

/** Starts a mock that has an integration with the resource-server right. */
async function aServer(): Promise<{
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly client: { readonly clientId: string; readonly clientSecret: string }
  readonly guardClient: { readonly clientId: string; readonly clientSecret: string }
  readonly requestToken: () => Promise<string>
}> {
  const { reported } = await aMock()
  const created = await fetch(`${reported.admin_url}/admin/v1/integrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${reported.admin_key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'API', scopes: [PREDICT], resource_server_for: [PREDICT] }),
  })
  expect(created.status).toBe(201)
  const guard = (await created.json()) as { client_id: string; client_secret: string }
  const basic = Buffer.from(`${reported.client_id}:${reported.client_secret}`).toString('base64')
  return {
    issuer: reported.issuer,
    tokenEndpoint: reported.token_endpoint,
    client: { clientId: reported.client_id, clientSecret: reported.client_secret },
    guardClient: { clientId: guard.client_id, clientSecret: guard.client_secret },
    requestToken: () => requestToken(reported.token_endpoint, basic),
  }
}

/** @param basic user and password of HTTP Basic in base64 */
async function requestToken(endpoint: string, basic: string): Promise<string> {
  const url = `${endpoint}?scope=${PREDICT}&grant_type=client_credentials`
  const response = await fetch(url, { method: 'POST', headers: { authorization: `Basic ${basic}` } })
  return ((await response.json()) as { access_token: string }).access_token
}
