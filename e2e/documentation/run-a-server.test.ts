// docs/run-a-server.md and docs/protect-an-api.md: the test follows them as a reader does, from the first start to a
// refused request.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { aTemporaryFolder, startRealServer } from '../real-server.ts'
import { commandsIn, misquotedLine } from './first-start.ts'
import { pathWithLatchkey } from './path-with-latchkey.ts'
import { readPage, ROOT } from './page.ts'
import { aShell } from './shell.ts'

const start = readPage('docs/run-a-server.md')
const protect = readPage('docs/protect-an-api.md')

test('the page installs the packed server and starts it, each with one command', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/latchkey/package.json'), 'utf8')) as {
    version: string
  }
  expect(start.section('Install it', 'sh')).toEqual([`npm install --global ./latchkey-${version}.tgz`])
  expect(start.section('Start it', 'sh')).toEqual(['latchkey serve'])
})

test('the page quotes what the first start prints, and its command for an integration of your own', async () => {
  const server = await startRealServer()
  const printed = server
    .stdout()
    .replaceAll(`LATCHKEY_DATA_DIR='${server.dataDir}' `, '')
    .replaceAll(server.publicUrl, 'http://127.0.0.1:8080')
    .replaceAll(server.adminUrl, 'http://127.0.0.1:8081')
  const [excerpt = ''] = start.section('Start it', 'text')
  expect(misquotedLine(excerpt, printed)).toBeUndefined()
  expect(commandsIn(printed)).toContain(start.section('Make an integration of your own', 'sh')[0])
})

test.skipIf(!has('curl') || !has('python3'))(
  'the blocks of the page start an API and a gateway in front of it, which then refuses the superseded token',
  async () => {
    const server = await startRealServer()
    const ports = { api: String(await freePort()), gateway: String(await freePort()), status: String(await freePort()) }
    // Other programs may use the ports of the page, so the test changes the ports.
    const here = (block = ''): string =>
      block
        .replaceAll('127.0.0.1:8080', new URL(server.publicUrl).host)
        .replaceAll('127.0.0.1:9000', `127.0.0.1:${ports.api}`)
        .replaceAll('http.server 9000', `http.server ${ports.api}`)
        .replaceAll('127.0.0.1:8082', `127.0.0.1:${ports.gateway}`)
        .replace('\napis:', `\nlisten: { port: ${ports.gateway} }\nstatus: { port: ${ports.status} }\napis:`)
    const [makeApi = '', runApi = ''] = here(protect.section('An API', 'sh')[0]).split('\n')
    const [prepare = '', runGateway = ''] = protect.section('The gateway before it', 'sh').map(here)
    const [call = '', again = ''] = protect.section('A token that ended', 'sh').map(here)

    const env = { LATCHKEY_DATA_DIR: server.dataDir, ...pathWithLatchkey() }
    const folder = aTemporaryFolder()
    const terminal = aShell({ cwd: folder, env })
    for (const step of commandsIn(server.stdout()).slice(0, 2)) await terminal.run(step)
    expect(await terminal.run(makeApi)).toMatchObject({ status: 0 })
    expect(await terminal.run(prepare)).toMatchObject({ status: 0, stderr: '' })
    // The API and the gateway run until the test ends their terminals.
    for (const program of [runApi, runGateway]) {
      aShell({ cwd: folder, env })
        .run(program)
        .catch(() => undefined)
    }

    await eventually(async () => (await terminal.run(call)).stdout.includes('200 OK'), {
      within: 60_000,
      what: 'the API answers through the gateway',
    })
    expect((await terminal.run(call)).stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Hello from the API/)
    const refused = (await terminal.run(again)).stdout
    expect(refused).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/)
    expect(refused).toMatch(/^latchkey-reason: superseded\r$/im)
    expect(refused).not.toContain('Hello')
  },
)
