// latchkey operators and setup-link, each test against a real server of its own.
import { expect, test } from 'vitest'
import { aBrowser, aFirstOwner, codeOf, PASSWORD, signIn } from '../../a-browser.ts'
import { aServer, type TestServer } from '../../a-server.ts'
import { latchkey, type TerminalSettings } from '../../run-command.ts'

const on =
  (server: TestServer) =>
  (args: readonly string[], terminal: TerminalSettings = {}) =>
    latchkey(args, { LATCHKEY_DATA_DIR: server.dataDir }, terminal)

const linkIn = (stdout: string): string => /http\S+\/set-up#[\w-]{43}/.exec(stdout)?.[0] ?? ''

test('setup-link prints a link that creates the first owner, and is a conflict if there is an owner', async () => {
  const server = await aServer()
  const run = on(server)
  const { exitCode, stdout, stderr } = await run(['setup-link'])
  expect(exitCode).toBe(0)
  expect(stderr).toContain('The link works once.')
  const requested = { code: codeOf(linkIn(stdout)), email: 'owner@example.com', password: PASSWORD }
  expect((await aBrowser(server.adminUrl).ask('POST', '/admin/v1/setup', requested)).status).toBe(201)
  const again = await run(['setup-link'])
  expect(again).toMatchObject({ exitCode: 3, stdout: '' })
  expect(again.stderr).toContain('operators reset')
})

test('an operator is invited, listed, reset and removed', async () => {
  const server = await aServer()
  await aFirstOwner(server)
  const run = on(server)
  const invited = await run(['operators', 'invite', 'Ops@example.com', '--role', 'editor'])
  const browser = aBrowser(server.adminUrl)
  const code = codeOf(linkIn(invited.stdout))
  expect((await browser.ask('POST', '/admin/v1/setup', { code, password: PASSWORD })).status).toBe(201)
  const listed = (await run(['operators', 'list'])).stdout
  expect(listed).toMatch(/^ops@example\.com\teditor\tactive\t/m)
  const reset = JSON.parse((await run(['operators', 'reset', 'OPS@example.com', '--json'])).stdout) as { link: string }
  const password = 'another four words'
  const renewed = await browser.ask('POST', '/admin/v1/setup', { code: codeOf(reset.link), password })
  expect(renewed.status).toBe(201)
  expect(await run(['operators', 'remove', 'ops@example.com'])).toMatchObject({ exitCode: 2 })
  expect(await run(['operators', 'remove', 'ops@example.com'], { answer: 'y' })).toMatchObject({ exitCode: 0 })
  expect(await signIn(browser, 'ops@example.com', password)).toBe(401)
})

test('reset of an unknown operator and removal of the last owner are exit code 3', async () => {
  const server = await aServer()
  await aFirstOwner(server)
  const run = on(server)
  expect(await run(['operators', 'reset', 'nobody@example.com'])).toMatchObject({ exitCode: 3, stdout: '' })
  const last = await run(['operators', 'remove', 'owner@example.com', '--yes'])
  expect(last.exitCode).toBe(3)
  expect(last.stderr).toContain('last owner')
})

test('an invalid e-mail address is reported', async () => {
  const { exitCode, stderr } = await on(await aServer())(['operators', 'invite', 'ops', '--role', 'viewer'])
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain('must be an e-mail address')
})
