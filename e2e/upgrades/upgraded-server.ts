// A current server on a store of a past release. Its clock begins at the time at which the old program stopped.
import { Secret } from '@latchkey/protocol'
import { expect } from 'vitest'
import { aServer, TestClock, type TestServer } from '../../packages/latchkey/test/a-server.ts'
import { freePort } from '../free-port.ts'
import { readStoreView, type StoreView, withoutMember } from './store-view.ts'
import type { Verdict } from './fixture-files.ts'
import type { OldStore } from './fixtures.ts'

/** Starts a server on the store, which upgrades the store. The server is stopped after the running test. */
export const upgraded = async ({ env, known }: OldStore): Promise<TestServer> =>
  aServer({
    env: { ...env, LATCHKEY_PORT: String(await freePort()) },
    adminKey: new Secret(known.adminKey),
    clock: new TestClock(Date.parse(known.at) / 1000),
  })

/** Returns everything that the server reports about its store. */
export const ask = ({ adminUrl, adminKey }: Pick<TestServer, 'adminUrl' | 'adminKey'>): Promise<StoreView> =>
  readStoreView({ adminUrl, adminKey: adminKey.reveal() })

/** Returns the verdict of the server on each token of the fixture. */
export async function verdictsOf(server: TestServer, { known }: OldStore): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const { token } of known.tokens) verdicts.push(await server.verify(token))
  return verdicts
}

/**
 * Throws unless the content of a store is unchanged. The audit trail continues after an upgrade, so only its earlier
 * events are compared.
 */
export function expectSameStore(found: StoreView, before: StoreView): void {
  const { audit, auditCheck, ...rest } = before
  expect(withoutUses(found)).toMatchObject(withoutUses(rest))
  expectLastUses(found, before)
  const [first] = audit
  const start = found.audit.findIndex(({ seq }) => seq === first?.seq)
  expect(found.audit.slice(start, start + audit.length)).toMatchObject(audit)
  expect(auditCheck).toMatchObject({ intact: true })
  expect(found.auditCheck).toMatchObject({ intact: true, checked: found.audit.length })
}

/** Leaves out the last uses and the members that depend on them. `expectLastUses` checks those. */
export const withoutUses = (view: object): object =>
  withoutMember('safe_to_retire', withoutMember('last_used', view)) as object

interface Used {
  readonly id: string
  readonly last_used: { readonly at: string } | null
  /** Present only on a secret. */
  readonly safe_to_retire?: { readonly verdict: string }
}

/**
 * Checks the last uses. A kill lost the last uses that the server had not written yet. If such a use issued a token,
 * the issuance history still shows the use.
 */
export function expectLastUses(found: StoreView, before: StoreView): void {
  const usedIn = ({ integrations, secrets }: StoreView): readonly Used[] => [
    ...(integrations as readonly unknown[] as readonly Used[]),
    ...Object.values(secrets).flatMap((answer) => (answer as { readonly items: readonly Used[] }).items),
  ]
  const now = new Map(usedIn(found).map((used) => [used.id, used]))
  expect(now.size).toBeGreaterThan(0)
  for (const { id, last_used: use, safe_to_retire: judged } of usedIn(before)) {
    const used = now.get(id)
    expect((used?.last_used?.at ?? '') >= (use?.at ?? ''), id).toBe(true)
    // The current server also knows the uses that the old server knew, so both must agree if it calls a secret safe to
    // end.
    if (used?.safe_to_retire?.verdict === 'yes') expect(judged?.verdict, id).toBe('yes')
  }
}
