// README's quick start and its section on the source: README quotes what the first start prints, and its steps work.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { aTemporaryFolder, type RealServer, startRealServer } from '../real-server.ts'
import { commandsIn, misquotedLine } from './first-start.ts'
import { readPage, ROOT } from './page.ts'
import { aShell } from './shell.ts'

const QUICK_START = 'Sixty seconds'
const FROM_SOURCE = 'From source'
const readme = readPage('README.md')

/** Runs the source as `npm start` does, with another data folder and other ports. */
const firstStart = (): Promise<RealServer> =>
  startRealServer({ env: { npm_lifecycle_event: 'start', npm_package_name: 'latchkey-workspace' } })

/** The output of the first start, with the default data folder and ports in place of those of the test. */
const withDefaults = (server: RealServer): string =>
  server
    .stdout()
    .replaceAll(`LATCHKEY_DATA_DIR='${server.dataDir}' `, '')
    .replaceAll(server.publicUrl, 'http://127.0.0.1:8080')
    .replaceAll(server.adminUrl, 'http://127.0.0.1:8081')

const CREATE = `integrations create --name 'Billing sync' --scope machinelearning.predict`

test('the quick start installs and starts a server, and has another command for an integration of your own', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  expect(readme.section(QUICK_START, 'sh')).toEqual([
    `npm install --global ./latchkey-${version}.tgz\nlatchkey serve`,
    `latchkey ${CREATE}`,
  ])
})

test('from source one command starts the server', () => {
  expect(readme.section(FROM_SOURCE, 'sh')).toEqual(['npm start', `npm run -s latchkey -- ${CREATE}`])
})

test('README quotes what the first start prints', async () => {
  const env = { npm_lifecycle_event: 'test', npm_package_name: 'latchkey-workspace' }
  const printed = withDefaults(await startRealServer({ env }))
  const [excerpt = ''] = readme.section(QUICK_START, 'text')
  expect(misquotedLine(excerpt, printed)).toBeUndefined()
  expect(commandsIn(printed)).toContain(readme.section(QUICK_START, 'sh').at(-1))
})

test('a first start from source prints commands that work in the checkout', async () => {
  const printed = withDefaults(await firstStart())
  expect(commandsIn(printed)).toContain(readme.section(FROM_SOURCE, 'sh').at(-1))
  expect(printed).toContain('npm run -s latchkey -- setup-link')
})

test.skipIf(!has('curl'))('the printed steps, pasted one by one, end with the first token superseded', async () => {
  const server = await firstStart()
  const [credentials = '', fetch = '', verify = '', again = '', create = '', ...others] = commandsIn(server.stdout())
  expect(others).toEqual([])
  const shell = aShell({ cwd: ROOT })

  expect(await shell.run(credentials)).toMatchObject({ status: 0, stdout: '' })
  const fetched = await shell.run(fetch)
  expect(Object.keys(JSON.parse(fetched.stdout) as object)).toEqual([
    'token_type',
    'expires_in',
    'access_token',
    'scope',
  ])
  expect((await shell.run(verify)).stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/)

  const superseded = await shell.run(again)
  expect(superseded.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*^HTTP\/1\.1 401 Unauthorized\r\n/m)
  expect(superseded.stdout).toMatch(/^Latchkey-Reason: superseded\r$/m)
  expect(superseded.stdout).toMatch(/^WWW-Authenticate: Bearer .*error="invalid_token".*superseded/m)

  const created = await shell.run(create)
  expect(created.status).toBe(0)
  expect(created.stdout).toMatch(/lks_[\w-]{36}$/m)
})

test('only the first start prints the steps with their secret', async () => {
  const dataDir = aTemporaryFolder()
  const first = await startRealServer({ dataDir })
  expect(first.stdout()).toMatch(/CLIENT_SECRET='lks_/)
  await first.stop()
  const second = await startRealServer({ dataDir })
  expect(second.stdout()).toContain('is ready.')
  expect(second.stdout()).not.toContain('CLIENT_SECRET')
})
