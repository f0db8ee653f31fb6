// Servers on one database with different issuers: each server reports the difference.
import { describe, expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { has } from '../../../../scripts/programs.mjs'
import { aServer, type TestServer } from '../a-server.ts'
import { findingOf } from '../doctor-finding.ts'
import { aDatabase } from '../postgres/databases.ts'
import { sharedEnv } from '../postgres/replicas.ts'

const SOON = { within: 30_000 }
const issuerAt = (publicUrl: string): string => `${publicUrl}/oauth2/ausao8uveaPmyhv0v357`

interface Observed extends TestServer {
  /** The log lines about issuers. */
  readonly reported: Readonly<Record<string, unknown>>[]
}

async function aServerOf(url: string, publicUrl: string, first?: TestServer): Promise<Observed> {
  const reported: Readonly<Record<string, unknown>>[] = []
  const logged = (entry: Readonly<Record<string, unknown>>): void => {
    if (String(entry['event']).startsWith('issuer.')) reported.push(entry)
  }
  const env = { ...sharedEnv(url), LATCHKEY_PUBLIC_URL: publicUrl }
  return { ...(await aServer({ env, logged, ...(first && { adminKey: first.adminKey }) })), reported }
}

const doctorOf = (server: TestServer) => findingOf(server, 'issuer of the servers on the database')

describe.skipIf(!has('postgresql'))('a server whose issuer differs from that of other servers on its database', () => {
  const [USUAL, ODD] = ['http://127.0.0.1:1', 'http://127.0.0.1:2']

  test('reports the difference when it is ready, and all servers report it until all running servers have one issuer', async () => {
    const url = await aDatabase()
    const usual = await aServerOf(url, USUAL)
    const same = await aServerOf(url, USUAL, usual)
    expect(same.otherIssuers).toEqual([])
    expect(await doctorOf(same)).toMatchObject({ status: 'ok' })

    const odd = await aServerOf(url, ODD, usual)
    expect(odd.otherIssuers).toEqual([issuerAt(USUAL)])
    expect(odd.reported).toMatchObject([{ event: 'issuer.apart', level: 40, others: [issuerAt(USUAL)] }])
    for (const { reported } of [usual, same]) {
      await eventually(() => reported.length > 0, { ...SOON, what: 'one that was there says so' })
      expect(reported).toMatchObject([{ event: 'issuer.apart', level: 40, others: [issuerAt(ODD)] }])
    }
    expect(await doctorOf(usual)).toMatchObject({ status: 'problem', found: `others have ${issuerAt(ODD)}` })

    await odd.stop()
    await eventually(() => usual.reported.length > 1, { ...SOON, what: 'it is over' })
    expect(usual.reported.slice(1)).toMatchObject([{ event: 'issuer.together', level: 30 }])
    expect(await doctorOf(usual)).toMatchObject({ status: 'ok' })
  })

  test('reports no difference after the other servers have stopped', async () => {
    const url = await aDatabase()
    const before = await aServerOf(url, USUAL)
    await before.stop()
    const after = await aServerOf(url, ODD, before)
    expect([after.otherIssuers, after.reported]).toEqual([[], []])
  })
})
