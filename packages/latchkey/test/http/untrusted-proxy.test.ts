// An admin listener behind a proxy that the server does not trust: all operators seem to have one address, and log and
// doctor warn about this.
import { expect, test } from 'vitest'
import { aBrowser, aFirstOwner, PASSWORD } from '../a-browser.ts'
import { aServer, type ServerOptions, TestClock } from '../a-server.ts'
import { findingOf } from '../doctor-finding.ts'

const OWNER = 'owner@example.com'

async function aServerWith(env: NonNullable<ServerOptions['env']>) {
  const warnings: Readonly<Record<string, unknown>>[] = []
  const logged = (entry: Readonly<Record<string, unknown>>): void => {
    if (entry['event'] === 'proxy.untrusted') warnings.push(entry)
  }
  const server = await aServer({ env, logged, clock: new TestClock() })
  return { server, warnings, doctor: () => findingOf(server, 'addresses of operators') }
}

test('one operator can lock out all others, and the log and doctor warn about this', async () => {
  const { server, warnings, doctor } = await aServerWith({ LATCHKEY_ADMIN_BEHIND_PROXY: 'on' })
  await aFirstOwner(server)
  const signIn = async (address: string, password: string) => {
    const headers = { 'x-forwarded-for': address }
    return (await aBrowser(server.adminUrl).ask('POST', '/admin/v1/session', { email: OWNER, password }, headers))
      .status
  }
  for (let tries = 0; tries < 10; tries++) await signIn('192.0.2.1', 'a wrong password')
  expect(await signIn('192.0.2.2', PASSWORD)).toBe(429)
  expect(warnings).toEqual([
    expect.objectContaining({
      level: 40,
      setting: 'LATCHKEY_TRUSTED_PROXIES',
      msg: expect.stringMatching(
        /is not set, although LATCHKEY_ADMIN_BEHIND_PROXY is on.*lock all operators out.*Set LATCHKEY_TRUSTED_PROXIES to/,
      ) as unknown,
    }),
  ])
  expect(await doctor()).toMatchObject({
    status: 'problem',
    found: expect.stringContaining('LATCHKEY_TRUSTED_PROXIES is not set') as unknown,
    cure: expect.stringContaining('X-Forwarded-For') as unknown,
  })
})

test('if the server trusts the addresses of the proxy there is no warning', async () => {
  const env = { LATCHKEY_ADMIN_BEHIND_PROXY: 'on', LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' }
  const { warnings, doctor } = await aServerWith(env)
  expect(warnings).toEqual([])
  expect(await doctor()).toEqual({
    check: 'addresses of operators',
    status: 'ok',
    found: 'LATCHKEY_TRUSTED_PROXIES is set',
  })
})

test('without a proxy there is no warning', async () => {
  const { warnings, doctor } = await aServerWith({})
  expect(warnings).toEqual([])
  expect(await doctor()).toBe(undefined)
})
