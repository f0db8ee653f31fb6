// latchkey doctor, against real servers and against other programs at the address of a server.
import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { aKilledStore, bitOf, flipped } from '../../a-killed-store.ts'
import { aServer, startTestServer, type TestServer } from '../../a-server.ts'
import { latchkey } from '../../run-command.ts'
import { standIn } from './stand-in.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

interface Report {
  readonly healthy: boolean
  readonly checks: readonly {
    readonly check: string
    readonly status: string
    readonly found: string
    readonly cure?: string
  }[]
}

async function doctor(env: Readonly<Record<string, string>>): Promise<Report & { readonly exitCode: number }> {
  const { exitCode, stdout, stderr } = await latchkey(['doctor', '--json'], env)
  expect(stderr).toBe('')
  return { exitCode, ...(JSON.parse(stdout) as Report) }
}

const problemsOf = ({ checks }: Report) => checks.filter(({ status }) => status === 'problem')

test('a default server has no problem, and the exit code is 0', async () => {
  const report = await doctor({ LATCHKEY_DATA_DIR: server.dataDir })
  expect(problemsOf(report)).toEqual([])
  expect(report).toMatchObject({ exitCode: 0, healthy: true })
  expect(report.checks.map(({ check }) => check)).toEqual([
    'settings',
    'key files',
    'write-ahead log',
    'admin listener',
    'clock of the admin listener',
    'store behind the admin listener',
    'version',
    'admin key',
    'public listener',
    'clock of the public listener',
    'store behind the public listener',
    'issuer',
  ])
  expect(report.checks.filter(({ status }) => status !== 'ok')).toEqual([])
})

test('the output for operators is a table and a summary', async () => {
  const { stdout, stderr } = await latchkey(['doctor'], { LATCHKEY_DATA_DIR: server.dataDir }, { screen: true })
  expect(stdout).toMatch(/^ +CHECK +FOUND$/m)
  expect(stdout).toMatch(/^✓ {2}admin key +\S/m)
  expect(stderr).toContain('No problems.')
})

describe('the exit code is 6, and the output says what to do about', () => {
  test('no server at all', async () => {
    const { exitCode, ...report } = await doctor({
      LATCHKEY_DATA_DIR: aFolder({ 'server.json': NOWHERE, 'admin.key': 'lka_x' }),
    })
    expect(exitCode).toBe(6)
    expect(problemsOf(report).map(({ check }) => check)).toEqual([
      'admin listener',
      'admin key',
      'public listener',
      'issuer',
    ])
    expect(problemsOf(report).filter(({ cure }) => cure === undefined || cure === '')).toEqual([])
  })

  test.skipIf(process.platform === 'win32')(
    'key files that other users can open, with the command that closes them',
    async () => {
      const own = await aServer()
      const key = join(own.dataDir, 'admin.key')
      chmodSync(key, 0o644)
      const report = await doctor({ LATCHKEY_DATA_DIR: own.dataDir })
      expect(report.exitCode).toBe(6)
      expect(problemsOf(report)).toMatchObject([{ check: 'key files', cure: `chmod 600 ${key}` }])
    },
  )

  test('a damaged write-ahead log, with the commands that repair the store', async () => {
    const killed = await aKilledStore(6)
    const dataDir = dirname(killed.withLog(flipped(killed.log, bitOf(2, 99))))
    const report = await doctor({ LATCHKEY_DATA_DIR: dataDir })
    const log = problemsOf(report).find(({ check }) => check === 'write-ahead log')
    expect(log?.found).toContain(`damaged at byte ${String(bitOf(2, 0) / 8)}`)
    expect(log?.cure).toContain(`latchkey restore FILE --to ${dataDir} --replace`)
  })

  test('an issuer whose metadata names another issuer', async () => {
    const url = await standIn((_, response) => {
      response.setHeader('content-type', 'application/json')
      response.end('{"issuer":"https://auth.example.com/oauth2/a"}')
    })
    const env = { LATCHKEY_DATA_DIR: server.dataDir, LATCHKEY_PUBLIC_URL: url }
    expect(problemsOf(await doctor(env))).toMatchObject([
      {
        check: 'issuer',
        found: expect.stringContaining('https://auth.example.com') as string,
        cure: expect.stringContaining('LATCHKEY_PUBLIC_URL') as string,
      },
    ])
  })

  test('a key that is unknown to the server', async () => {
    const env = { LATCHKEY_DATA_DIR: server.dataDir, LATCHKEY_ADMIN_KEY: 'lka_planted' }
    const report = await doctor(env)
    expect(problemsOf(report)).toMatchObject([{ check: 'admin key' }])
    expect(JSON.stringify(report)).not.toContain('planted')
  })

  test('a wrong clock, another version, and a disk that accepts no writes', async () => {
    const url = await standIn((request, response) => {
      response.setHeader('date', new Date(Date.now() - 90_000).toUTCString())
      response.setHeader('content-type', 'application/json')
      if (request.url === '/readyz') response.statusCode = 503
      response.end('{"version":"0.0.1"}')
    })
    const env = { LATCHKEY_DATA_DIR: server.dataDir, LATCHKEY_ADMIN_URL: url }
    expect(problemsOf(await doctor(env))).toMatchObject([
      { check: 'clock of the admin listener', found: expect.stringMatching(/^(?:89|90|91) s behind$/) as string },
      { check: 'store behind the admin listener', found: 'not ready (status 503)' },
      { check: 'version', found: expect.stringContaining('0.0.1') as string },
    ])
  })

  test('unusable settings, without sending a key anywhere', async () => {
    const report = await doctor({ LATCHKEY_DATA_DIR: server.dataDir, LATCHKEY_ADMIN_URL: 'http://192.0.2.1:8081' })
    expect(problemsOf(report)).toMatchObject([
      { check: 'settings', found: expect.stringContaining('in plain text') as string },
    ])
    expect(report.checks.map(({ check }) => check)).not.toContain('admin listener')
  })
})

test('a data folder on another machine is skipped', async () => {
  const folder = join(aFolder(), 'elsewhere')
  const env = {
    LATCHKEY_DATA_DIR: folder,
    LATCHKEY_ADMIN_URL: server.adminUrl,
    LATCHKEY_PUBLIC_URL: server.publicUrl,
    LATCHKEY_ADMIN_KEY: server.adminKey.reveal(),
  }
  const report = await doctor(env)
  expect(report).toMatchObject({ exitCode: 0, healthy: true })
  expect(report.checks.find(({ check }) => check === 'key files')).toMatchObject({ status: 'skipped' })
})

const NOWHERE = '{"admin_url":"http://127.0.0.1:1","public_url":"http://127.0.0.1:1"}'
