// latchkey mock as a process: the line that it prints, the address on which it listens, and that it leaves no file.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toBasicCredentials, Secret } from '@latchkey/protocol'
import { aMock, FREE_PORTS, PATH, type Report } from './a-mock.ts'
import { startCli } from './run-cli.ts'

const foldersOfMocks = (): readonly string[] =>
  ['/dev/shm', tmpdir()]
    .filter((place) => existsSync(place))
    .flatMap((place) =>
      readdirSync(place)
        .filter((name) => name.startsWith('latchkey-mock-'))
        .map((name) => join(place, name)),
    )

test.each(['SIGTERM', 'SIGINT'] as const)(
  'one line of JSON contains all that a test needs, and after %s no file of the mock is left',
  async (signal) => {
    const before = foldersOfMocks()
    const mock = await aMock()
    const { reported } = mock
    const response = await fetch(
      `${reported.token_endpoint}?grant_type=client_credentials&scope=machinelearning.predict`,
      {
        method: 'POST',
        headers: { authorization: toBasicCredentials(reported.client_id, new Secret(reported.client_secret)) },
      },
    )
    expect([response.status, response.headers.get('latchkey-mock')]).toEqual([200, '1'])
    const [folder = '', ...others] = foldersOfMocks().filter((path) => !before.includes(path))
    expect(others).toEqual([])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(mock.stderr()).toContain('"event":"mock.started"')
    for (const secret of [reported.admin_key, reported.client_secret]) expect(mock.stderr()).not.toContain(secret)
    mock.child.kill(signal)
    expect(await mock.exited).toEqual({ code: 0, signal: null })
    expect(existsSync(folder)).toBe(false)
  },
)

test('two mocks run at the same time and share no state', async () => {
  const [one, other] = await Promise.all([aMock(), aMock()])
  const authorization = toBasicCredentials(one.reported.client_id, new Secret(one.reported.client_secret))
  const ask = ({ token_endpoint }: Report) =>
    fetch(`${token_endpoint}?grant_type=client_credentials&scope=machinelearning.predict`, {
      method: 'POST',
      headers: { authorization },
    })
  expect((await ask(one.reported)).status).toBe(200)
  expect((await ask(other.reported)).status).toBe(401)
})

test('the command line administers a mock like any other server', async () => {
  const { reported } = await aMock('--demo', 'off')
  const env = { ...PATH, LATCHKEY_ADMIN_URL: reported.admin_url, LATCHKEY_ADMIN_KEY: reported.admin_key }
  const made = startCli(['integrations', 'create', '--name', 'Mine', '--scope', 'machinelearning.model', '--json'], env)
  expect((await made.exited).code).toBe(0)
  expect(JSON.parse(made.stdout())).toMatchObject({ name: 'Mine', scopes: ['machinelearning.model'] })
})

test('a mock listens only at one loopback address', async () => {
  const { reported } = await aMock()
  for (const url of [reported.issuer, reported.admin_url]) {
    const { hostname, port } = new URL(url)
    expect(hostname).toBe('127.0.0.1')
    // On Linux all of 127.0.0.0/8 is this machine: a listener on all addresses would also answer here.
    await expect(connects('127.0.0.2', Number(port))).resolves.toBe(false)
  }
})

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    const answer = (does: boolean) => () => {
      socket.destroy()
      resolve(does)
    }
    socket.once('connect', answer(true)).once('error', answer(false))
  })
}

test.each([
  ['LATCHKEY_DATA_DIR', '/var/lib/latchkey'],
  ['LATCHKEY_DATABASE_URL', 'postgres://127.0.0.1/latchkey'],
  ['LATCHKEY_MASTER_KEY', 'x'.repeat(43)],
  ['LATCHKEY_HOST', '0.0.0.0'],
])('with %s a mock does not start, and names the setting', async (name, value) => {
  const before = foldersOfMocks()
  const refused = startCli(['mock', ...FREE_PORTS], { ...PATH, [name]: value })
  expect((await refused.exited).code).toBe(2)
  expect(refused.stderr()).toContain(name)
  expect(foldersOfMocks()).toEqual(before)
})
