// Copying a store to another engine and back: live tokens stay live. A store that a server uses is not copied.
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import { copyStore } from '../../src/storage/transfer/copy-store.ts'
import { aFolder } from '../a-folder.ts'
import { attempt, newIntegration, openStore } from '../a-store.ts'
import { changing } from '../changing.ts'
import { type OpenedStore, openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, execute } from '../postgres/databases.ts'
import { join } from 'node:path'

const folder = (path: string) => ({ kind: 'folder', path }) as const
const database = (url: string) => ({ kind: 'database', url }) as const
const silently = (): void => undefined

/** Creates two integrations, one of them disabled, with live, superseded and revoked tokens. */
async function fill(store: OpenedStore): Promise<void> {
  await store.integrations.create(
    [newIntegration('lkone', { kind: 'stable', renewBeforeSeconds: 60 }, 30), newIntegration('lktwo')],
    [],
  )
  await issueFrom(store.tokens, attempt('lkone'))
  await issueFrom(store.tokens, attempt('lktwo'))
  const revoked = await issueFrom(store.tokens, attempt('lkone', MODEL))
  if (revoked.ok) await store.tokens.revoke('lkone', MODEL, revoked.value.token.jti)
  await store.integrations.change('lktwo', ...changing({ kind: 'disable' }))
}

async function contents(store: OpenedStore) {
  return {
    integrations: [await store.integrations.find('lkone'), await store.integrations.find('lktwo')],
    secrets: await store.secrets.of('lkone'),
    history: await store.slotViews.history('lkone', PREDICT),
    scopes: store.catalog.scopes(),
    audit: await store.auditTrail.verify(undefined),
  }
}

describe.skipIf(!has('postgresql'))('a store that is copied', () => {
  test('to PostgreSQL and back has the same content and live tokens', async () => {
    const [here, back, url] = [aFolder(), join(aFolder(), 'new'), await aDatabase()]
    const store = await openStore(join(here, 'latchkey.db'))
    await fill(store)
    const before = await contents(store)
    await store.close()

    const copied = await copyStore(folder(here), database(url), silently)
    expect(copied.tables.find(({ name }) => name === 'slot')?.rows).toBe(4)
    const replica = await openReplica(url)
    expect(await contents(replica)).toEqual(before)
    const next = await issueFrom(replica.tokens, attempt('lkone', MODEL))
    expect(next.ok).toBe(true)
    const after = await contents(replica)
    await replica.close()

    await execute(url, 'DELETE FROM replica')
    await copyStore(database(url), folder(back), silently)
    const again = await openStore(join(back, 'latchkey.db'))
    expect(await contents(again)).toEqual(after)
    await again.close()
  })

  test('is durable on PostgreSQL before the copy command ends, even if the database has asynchronous commits', async () => {
    const [here, url] = [aFolder(), await aDatabase()]
    await (await openStore(join(here, 'latchkey.db'))).close()
    await execute(
      url,
      `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off;
       CREATE TABLE seen (setting text);
       CREATE FUNCTION look_at_it() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO latchkey.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
       CREATE TRIGGER look AFTER UPDATE ON store FOR EACH ROW EXECUTE FUNCTION look_at_it()`,
    )
    await copyStore(folder(here), database(url), silently)
    expect(await execute(url, 'SELECT setting FROM seen')).toEqual([{ setting: 'on' }])
  })

  test('does not overwrite another store', async () => {
    const [here, there] = [aFolder(), aFolder()]
    for (const path of [here, there]) await (await openStore(join(path, 'latchkey.db'))).close()
    await expect(copyStore(folder(here), folder(there), silently)).rejects.toThrow('already contains a store')
  })

  test('is not copied while a server uses it', async () => {
    const [here, url] = [aFolder(), await aDatabase()]
    const store = await openStore(join(here, 'latchkey.db'))
    await expect(copyStore(folder(here), database(url), silently)).rejects.toThrow('in use')
    await store.close()
    const replica = await openReplica(url)
    await expect(copyStore(database(url), folder(join(here, 'new')), silently)).rejects.toThrow(
      'Servers are running on the database, or were running 5 seconds ago',
    )
    await replica.close()
  })

  test('is refused if the store has no content', async () => {
    await expect(copyStore(database(await aDatabase()), folder(join(aFolder(), 'new')), silently)).rejects.toThrow(
      'no store to copy',
    )
  })
})
