// Trusted issuers and trust rules at two servers on one database: a change at one server is in force at the other at
// once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { aPlatform, made, podClaims, podRule, type TestPlatform, tokenOf } from '../a-platform.ts'
import type { TestServer } from '../a-server.ts'
import { type Fleet, startFleet } from '../postgres/replicas.ts'

let fleet: Fleet
let one: TestServer
let two: TestServer

describe.skipIf(!has('postgresql'))('at two servers', () => {
  beforeAll(async () => {
    fleet = await startFleet(2)
    const [first, second] = fleet.servers
    if (first === undefined || second === undefined) throw new Error('two servers are needed')
    ;[one, two] = [first, second]
  }, 120_000)
  afterAll(() => fleet.stop())

  let count = 0
  async function aTrustedPlatform() {
    const platform = aPlatform(one, { name: `cluster-${String(++count)}`, alg: 'ES256' })
    const issuer = await made(one, 'POST', '/issuers', platform.registration)
    const integration = await one.integration({ name: `Workload ${String(count)}` })
    const credentials = `/integrations/${integration.id}/credentials`
    const rule = await made(one, 'POST', credentials, podRule(platform.name))
    return {
      platform,
      issuer: `/issuers/${String(issuer['id'])}`,
      integration,
      rule: `${credentials}/${String(rule['id'])}`,
    }
  }

  const statusAt = async ({ at }: TestServer, platform: TestPlatform): Promise<number> => {
    const answer = await tokenOf({ issuer: at }, platform.sign(podClaims()))
    await answer.arrayBuffer()
    return answer.status
  }

  /**
   * Sends requests to one server without a pause. Returns the statuses of the requests that were sent after `change`.
   */
  async function statusesAfter(change: () => Promise<unknown>, platform: TestPlatform): Promise<ReadonlySet<number>> {
    const end = new AbortController()
    let isChanged = false
    const statuses = { before: new Set<number>(), after: new Set<number>() }
    const requests = Array.from({ length: 3 }, async () => {
      while (!end.signal.aborted) {
        const seen = isChanged ? statuses.after : statuses.before
        seen.add(await statusAt(two, platform))
      }
    })
    await expect.poll(() => statuses.before.has(200)).toBe(true)
    await change()
    isChanged = true
    await expect.poll(() => statuses.after.size).toBeGreaterThan(0)
    for (let times = 0; times < 10; times++) statuses.after.add(await statusAt(two, platform))
    end.abort()
    await Promise.all(requests)
    return statuses.after
  }

  test('an issuer and a rule that one server created are in force at the other server at once', async () => {
    for (let times = 0; times < 10; times++) {
      const { platform } = await aTrustedPlatform()
      expect(await statusAt(two, platform)).toBe(200)
    }
  })

  test('an assertion of an issuer that one server disabled gets no token at the other, until the issuer is enabled again', async () => {
    for (let times = 0; times < 3; times++) {
      const { platform, issuer } = await aTrustedPlatform()
      const disabled = await statusesAfter(() => made(one, 'PATCH', issuer, { enabled: false }), platform)
      expect([...disabled].filter((status) => status < 400)).toEqual([])
      await made(one, 'PATCH', issuer, { enabled: true })
      expect(await statusAt(two, platform)).toBe(200)
    }
  })

  test('an assertion gets no token at one server by a rule that the other server ended', async () => {
    for (let times = 0; times < 3; times++) {
      const { platform, rule } = await aTrustedPlatform()
      const ended = await statusesAfter(() => made(one, 'POST', `${rule}/end`), platform)
      expect([...ended].filter((status) => status < 400)).toEqual([])
    }
  })

  test('if an operator replaces the keys of an issuer at one server, an assertion under the old keys gets no token at the other', async () => {
    const { platform, issuer } = await aTrustedPlatform()
    const { registration } = aPlatform(one, { name: platform.name, alg: 'ES256' })
    const moved = await statusesAfter(() => made(one, 'PATCH', issuer, { keys: registration['keys'] }), platform)
    expect([...moved].filter((status) => status < 400)).toEqual([])
  })

  test('an assertion for a rule for single use gets one token when both servers receive it at the same time', async () => {
    const { platform, rule, integration } = await aTrustedPlatform()
    await made(one, 'POST', `${rule}/end`)
    const once = { ...podRule(platform.name), reuse: 'once' }
    await made(one, 'POST', `/integrations/${integration.id}/credentials`, once)
    for (let times = 0; times < 20; times++) {
      const assertion = platform.sign(podClaims('payments', 'worker', { jti: `use-${String(times)}` }))
      const answers = await Promise.all([one, two, one, two].map(({ at }) => tokenOf({ issuer: at }, assertion)))
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401])
    }
  })

  test('an assertion of an issuer that one server deleted authenticates no client at the other server', async () => {
    const { platform, issuer, rule } = await aTrustedPlatform()
    expect(await statusAt(two, platform)).toBe(200)
    await made(one, 'POST', `${rule}/end`)
    await made(one, 'DELETE', issuer)
    expect(await statusAt(two, platform)).toBe(401)
    await made(two, 'POST', '/issuers', platform.registration)
    expect(await statusAt(one, platform)).toBe(401)
  })
})
