// Failed sign-ins are throttled, and no attacker can lock an operator out.
import { describe, expect, test } from 'vitest'
import { createSignInThrottle } from '../../src/http/sign-in-throttle.ts'
import { aBrowser, aFirstOwner, PASSWORD, signIn } from '../a-browser.ts'
import { aServer, TestClock } from '../a-server.ts'

const OWNER = 'owner@example.com'

describe('one network', () => {
  test('gets 429 after ten failures for an account until the minute is over, even with the right password', async () => {
    const clock = new TestClock()
    const server = await aServer({ clock })
    await aFirstOwner(server)
    const browser = aBrowser(server.adminUrl)
    for (let tries = 0; tries < 10; tries++) expect(await signIn(browser, OWNER, 'a wrong password')).toBe(401)
    const refused = await browser.ask('POST', '/admin/v1/session', { email: OWNER, password: PASSWORD })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(await refused.json()).toMatchObject({ code: 'too_many_requests' })
    expect(await signIn(browser, 'somebody@example.com')).toBe(401)
    clock.advance(60)
    expect(await signIn(browser, OWNER)).toBe(200)
  })

  test('behind a trusted proxy is the network of the operator, not that of the proxy', async () => {
    const env = { LATCHKEY_ADMIN_BEHIND_PROXY: 'on', LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' }
    const server = await aServer({ clock: new TestClock(), env })
    await aFirstOwner(server)
    const statusFrom = async (address: string, password: string) => {
      const credentials = { email: OWNER, password }
      const headers = { 'x-forwarded-for': address }
      return (await aBrowser(server.adminUrl).ask('POST', '/admin/v1/session', credentials, headers)).status
    }
    for (let tries = 0; tries < 10; tries++) await statusFrom('192.0.2.1', 'a wrong password')
    expect(await statusFrom('192.0.2.1', PASSWORD)).toBe(429)
    expect(await statusFrom('192.0.2.2', PASSWORD)).toBe(200)
  })

  test('cannot exceed the limit by simultaneous attempts', async () => {
    const server = await aServer({ clock: new TestClock() })
    await aFirstOwner(server)
    const attempts = Array.from({ length: 15 }, () => signIn(aBrowser(server.adminUrl), OWNER, 'a wrong password'))
    const statuses = await Promise.all(attempts)
    expect(statuses.filter((status) => status === 429)).toHaveLength(5)
  })

  test('may sign in without limit with the right password', async () => {
    const server = await aServer({ clock: new TestClock() })
    const owner = await aFirstOwner(server)
    for (let times = 0; times < 12; times++) expect(await signIn(owner, OWNER)).toBe(200)
  })

  test('is throttled for unknown accounts too', async () => {
    const server = await aServer({ clock: new TestClock() })
    const statuses: Record<string, readonly number[]> = {}
    await aFirstOwner(server)
    for (const email of [OWNER, 'nobody@example.com']) {
      const browser = aBrowser(server.adminUrl)
      const tried: number[] = []
      for (let tries = 0; tries < 11; tries++) tried.push(await signIn(browser, email, 'a wrong password'))
      statuses[email] = tried
    }
    expect(statuses[OWNER]).toEqual([...Array<number>(10).fill(401), 429])
    expect(statuses['nobody@example.com']).toEqual(statuses[OWNER])
  })
})

describe('the count of failed sign-ins', () => {
  const failures = (
    throttle: ReturnType<typeof createSignInThrottle>,
    address: string,
    account: string,
    many: number,
  ) => Array.from({ length: many }, () => throttle.begin(address, account)).at(-1)

  test('of one network does not throttle the account in another network', () => {
    const throttle = createSignInThrottle(new TestClock())
    expect(failures(throttle, '192.0.2.1', OWNER, 11)?.throttling).toMatchObject({ limit: 10 })
    expect(throttle.begin('192.0.2.2', OWNER).throttling).toBeUndefined()
    expect(failures(throttle, '2001:db8::1', OWNER, 11)?.throttling).toBeDefined()
    expect(throttle.begin('2001:db8::2', OWNER).throttling).toBeDefined()
    expect(throttle.begin('2001:db8:0:1::1', OWNER).throttling).toBeUndefined()
  })

  test('of one network for all accounts together is limited to a hundred', () => {
    const throttle = createSignInThrottle(new TestClock())
    for (let each = 0; each < 100; each++) {
      expect(throttle.begin('192.0.2.1', `${String(each)}@example.com`).throttling).toBeUndefined()
    }
    expect(throttle.begin('192.0.2.1', OWNER).throttling).toMatchObject({ limit: 100, retryAfterSeconds: 60 })
  })

  test('does not include successful sign-ins', () => {
    const throttle = createSignInThrottle(new TestClock())
    for (let each = 0; each < 200; each++) throttle.begin('192.0.2.1', OWNER).takeBack()
    expect(throttle.begin('192.0.2.1', OWNER)).toMatchObject({ throttling: undefined, isFirst: true })
  })
})

test('a failed sign-in for an existing account is recorded once a minute', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const owner = await aFirstOwner(server)
  const browser = aBrowser(server.adminUrl)
  for (const email of [OWNER, OWNER, 'nobody@example.com']) await signIn(browser, email, 'a wrong password')
  clock.advance(60)
  await signIn(browser, OWNER, 'a wrong password')
  const recorded = async () => {
    const answer = await owner.ask('GET', '/admin/v1/audit?event=operator.sign_in_failed')
    return ((await answer.json()) as { items: { target: object; actor: object }[] }).items
  }
  await expect.poll(recorded).toHaveLength(2)
  const [last] = await recorded()
  expect(last).toMatchObject({
    target: { kind: 'operator', name: OWNER },
    actor: { kind: 'system', address: '127.0.0.1' },
  })
})
