// A server of today on a store of a past release. Its clock stands where that of the old program stood.
import { Secret } from '@latchkey/protocol'
import { expect } from 'vitest'
import { aServer, TestClock, type TestServer } from '../../packages/latchkey/test/a-server.ts'
import { freePort } from '../free-port.ts'
import { askStore, type AskedStore } from './asked-store.ts'
import type { Verdict } from './fixture-files.ts'
import type { OldStore } from './fixtures.ts'

/** Upgrades the store by its start. Stopped after the running test. */
export const upgraded = async ({ env, known }: OldStore): Promise<TestServer> =>
  aServer({
    env: { ...env, LATCHKEY_PORT: String(await freePort()) },
    adminKey: new Secret(known.adminKey),
    clock: new TestClock(Date.parse(known.at) / 1000),
  })

/** What the server says about its whole store. */
export const ask = ({ adminUrl, adminKey }: Pick<TestServer, 'adminUrl' | 'adminKey'>): Promise<AskedStore> =>
  askStore({ adminUrl, adminKey: adminKey.reveal() })

/** What the server says of each of the tokens that the fixture keeps. */
export async function verdictsOf(server: TestServer, { known }: OldStore): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const { token } of known.tokens) verdicts.push(await server.verify(token))
  return verdicts
}

/** Fails unless a store is as it was before. The trail goes on after an upgrade, so it is compared by the events of before. */
export function expectSameStore(found: AskedStore, before: AskedStore): void {
  const { audit, auditCheck, ...rest } = before
  expect(found).toMatchObject(rest)
  const [first] = audit
  const start = found.audit.findIndex(({ seq }) => seq === first?.seq)
  expect(found.audit.slice(start, start + audit.length)).toMatchObject(audit)
  expect(auditCheck).toMatchObject({ intact: true })
  expect(found.auditCheck).toMatchObject({ intact: true, checked: found.audit.length })
}
