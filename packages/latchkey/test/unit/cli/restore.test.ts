// latchkey restore and after-restore: their questions, messages and exit codes.
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { aServer, startTestServer } from '../../a-server.ts'
import { oldSealOf, withAnotherOwner, withoutSeal } from '../../forged-backup.ts'
import { latchkey } from '../../run-command.ts'

/** The folder of a stopped server with a live token, and a backup of it. */
async function backedUp() {
  const dataDir = aFolder()
  const server = await startTestServer({ env: { LATCHKEY_DATA_DIR: dataDir } })
  await server.token(await server.integration())
  const file = join(aFolder(), 'one.backup')
  expect(await latchkey(['backup', file], { LATCHKEY_DATA_DIR: dataDir })).toMatchObject({ exitCode: 0 })
  await server.stop()
  return { dataDir, file }
}

describe('restore', () => {
  test('prints the time of the backup, how many live tokens ended, and what to check', async () => {
    const { file } = await backedUp()
    const there = join(aFolder(), 'new')
    const { exitCode, stderr } = await latchkey(['restore', file, '--to', there], {}, { watched: true })
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/Restored the store as of \d{4}-\d\d-\d\dT[\d:]+Z \(\d+s ago\) to .*: \d+ rows/)
    expect(stderr).toContain('All earlier tokens have ended: 1 that was live in the backup')
    expect(stderr).toContain('integrations that had been disabled')
    expect(stderr).toContain('it was not checked')
    expect(stderr).toContain('[##############################]')
    expect(readdirSync(there)).toEqual(['latchkey.db'])
  })

  test('checks the master key if it finds one in the folder or in a variable', async () => {
    const { dataDir, file } = await backedUp()
    const there = aFolder()
    copyFileSync(join(dataDir, 'master.key'), join(there, 'master.key'))
    const { stdout } = await latchkey(['restore', file, '--to', there, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ live_tokens_ended: 1, master_key_fits: true, seal: 'valid' })
  })

  test('names the file or variable with the wrong key and says what to do, and restores nothing', async () => {
    const { file } = await backedUp()
    const key = Buffer.alloc(32, 9).toString('base64url')
    const folder = aFolder({ 'other.key': key })
    const there = join(folder, 'new')
    const named = [
      { env: { LATCHKEY_MASTER_KEY: key }, says: 'the master key in LATCHKEY_MASTER_KEY did not seal this backup' },
      { env: { LATCHKEY_MASTER_KEY_FILE: join(folder, 'other.key') }, says: `in ${join(folder, 'other.key')} did not` },
    ]
    for (const { env, says } of named) {
      const { exitCode, stdout, stderr } = await latchkey(['restore', file, '--to', there], env)
      expect(exitCode).toBe(1)
      expect(stderr).toContain(says)
      expect(stderr).toContain('eplace it with the right key, or remove it')
      expect(stdout + stderr).not.toContain(key)
      expect(existsSync(there)).toBe(false)
    }
    expect(await latchkey(['restore', file, '--to', there])).toMatchObject({ exitCode: 0 })
  })

  test('refuses a backup to which an owner was added, although its checksum is right', async () => {
    const { dataDir, file } = await backedUp()
    const forged = await withAnotherOwner(file, await oldSealOf(file))
    const env = { LATCHKEY_MASTER_KEY_FILE: join(dataDir, 'master.key') }
    const there = join(aFolder(), 'new')
    const refused = await latchkey(['restore', forged, '--to', there, '--accept-unsealed'], env)
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(refused.stderr).toContain('or the backup was changed later.')
    expect(existsSync(there)).toBe(false)
  })

  test('without the master key accepts a changed backup, and the first start refuses the store', async () => {
    const { dataDir, file } = await backedUp()
    const there = aFolder()
    const { stdout } = await latchkey([
      'restore',
      await withAnotherOwner(file, await oldSealOf(file)),
      '--to',
      there,
      '--json',
    ])
    expect(JSON.parse(stdout)).toMatchObject({ master_key_fits: null, seal: 'unknown' })
    copyFileSync(join(dataDir, 'master.key'), join(there, 'master.key'))
    await expect(startTestServer({ env: { LATCHKEY_DATA_DIR: there } })).rejects.toThrow('whose seal does not match')
  })

  test('accepts a backup without a seal only with --accept-unsealed, and the first start records that', async () => {
    const { dataDir, file } = await backedUp()
    const unsealed = await withoutSeal(file)
    const there = aFolder()
    copyFileSync(join(dataDir, 'master.key'), join(there, 'master.key'))
    copyFileSync(join(dataDir, 'admin.key'), join(there, 'admin.key'))
    const refused = await latchkey(['restore', unsealed, '--to', there])
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(refused.stderr).toContain('--accept-unsealed')
    const { stderr } = await latchkey(['restore', unsealed, '--to', there, '--accept-unsealed'])
    expect(stderr).toContain('The backup has no seal, and you accepted that')
    const server = await startTestServer({ env: { LATCHKEY_DATA_DIR: there } })
    const { stdout } = await latchkey(['audit', 'list', '--event', 'store.tokens_ended', '--json'], {
      LATCHKEY_DATA_DIR: there,
    })
    expect(stdout).toContain('"backup_sealed": false')
    await server.stop()
  })

  test('replaces a store only with --replace, and asks first', async () => {
    const { dataDir, file } = await backedUp()
    const refused = await latchkey(['restore', file, '--to', dataDir])
    expect(refused).toMatchObject({ exitCode: 3 })
    expect(refused.stderr).toContain('--replace')
    expect(await latchkey(['restore', file, '--to', dataDir, '--replace'])).toMatchObject({ exitCode: 2 })
    const requested = await latchkey(['restore', file, '--to', dataDir, '--replace'], {}, { answer: 'n' })
    expect(requested).toMatchObject({ exitCode: 1 })
    expect(requested.stderr).toContain('permanently')
    const done = await latchkey(['restore', file, '--to', dataDir, '--replace'], {}, { answer: 'y' })
    expect(done).toMatchObject({ exitCode: 0 })
    expect(await latchkey(['restore', file, '--to', 'postgres://nowhere/x', '--replace', '--yes'])).toMatchObject({
      exitCode: 2,
    })
  })

  test('of a missing file is exit code 3, and of a file that is not a backup exit code 1', async () => {
    const folder = aFolder({ text: 'no backup' })
    const missing = await latchkey(['restore', join(folder, 'none'), '--to', join(folder, 'new')])
    expect(missing).toMatchObject({ exitCode: 3 })
    expect(missing.stderr).toContain('There is no file')
    const other = await latchkey(['restore', join(folder, 'text'), '--to', join(folder, 'new')])
    expect(other).toMatchObject({ exitCode: 1 })
    expect(other.stderr).toContain('was not made by latchkey backup. Nothing was restored. Use another backup.')
    expect(readdirSync(folder)).toEqual(['text'])
  })
})

describe('after-restore', () => {
  test('ends every token of a folder after a confirmation', async () => {
    const { dataDir } = await backedUp()
    expect(await latchkey(['after-restore', '--on', dataDir])).toMatchObject({ exitCode: 2 })
    const { exitCode, stderr } = await latchkey(['after-restore', '--on', dataDir], {}, { answer: 'y' })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('1 that was live in this store')
    expect(stderr).toMatch(/The newest record in the store is of \d{4}-/)
    const { stdout } = await latchkey(['after-restore', '--on', dataDir, '--yes', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ live_tokens_ended: 0 })
  })

  test('refuses a folder on which a server runs, and one without a store', async () => {
    const { dataDir } = await aServer()
    const running = await latchkey(['after-restore', '--on', dataDir, '--yes'])
    expect(running).toMatchObject({ exitCode: 3 })
    expect(running.stderr).toContain('in use by a server')
    const folder = aFolder()
    expect(await latchkey(['after-restore', '--on', folder, '--yes'])).toMatchObject({ exitCode: 3 })
    expect(readdirSync(folder)).toEqual([])
  })
})
