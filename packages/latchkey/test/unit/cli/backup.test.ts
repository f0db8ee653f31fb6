// latchkey backup: the file is complete, private to its owner, and replaces no other file unless the operator says so.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { aServer } from '../../a-server.ts'
import { latchkey } from '../../run-command.ts'
import { standIn } from './stand-in.ts'

const MADE_AT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/

describe('backup', () => {
  test('writes a complete file that only its owner can read, and says what is not in it', async () => {
    const { dataDir } = await aServer()
    const folder = aFolder()
    const file = join(folder, 'one.backup')
    const { exitCode, stderr } = await latchkey(['backup', file], { LATCHKEY_DATA_DIR: dataDir }, { watched: true })
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(MADE_AT)
    expect(stderr).toContain('does not contain the master key')
    expect(stderr).toContain('[##############################]')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3')
    expect(readdirSync(folder)).toEqual(['one.backup'])
  })

  test('does not replace an existing file without --overwrite', async () => {
    const { dataDir } = await aServer()
    const folder = aFolder({ 'one.backup': 'precious' })
    const file = join(folder, 'one.backup')
    const env = { LATCHKEY_DATA_DIR: dataDir }
    const refused = await latchkey(['backup', file], env)
    expect(refused).toMatchObject({ exitCode: 3 })
    expect(refused.stderr).toContain('--overwrite')
    expect(readFileSync(file, 'utf8')).toBe('precious')
    const { stdout } = await latchkey(['backup', file, '--overwrite', '--json'], env)
    const { bytes, made_at } = JSON.parse(stdout) as { readonly bytes: number; readonly made_at: string }
    expect(bytes).toBe(statSync(file).size)
    expect(made_at).toMatch(MADE_AT)
    expect(readdirSync(folder)).toEqual(['one.backup'])
  })

  test.each([
    ['is cut off', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
    ['is cut off before its last line', (whole: Buffer) => whole.subarray(0, whole.length - 100)],
    ['has one bit that is another one', (whole: Buffer) => flipped(whole, 5000)],
    ['is something else', () => Buffer.from('nothing of the kind')],
    ['is empty', () => Buffer.alloc(0)],
  ])('that %s in transit makes no backup and leaves no file', async (_what, damaged) => {
    const { dataDir } = await aServer()
    const folder = aFolder()
    const good = join(folder, 'good')
    await latchkey(['backup', good], { LATCHKEY_DATA_DIR: dataDir })
    // Without a Content-Length, as through a proxy.
    const url = await standIn((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked' })
      response.end(damaged(readFileSync(good)))
    })
    const env = { LATCHKEY_ADMIN_URL: url, LATCHKEY_ADMIN_KEY: 'lka_0' }
    const { exitCode, stderr } = await latchkey(['backup', join(folder, 'bad')], env)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^No backup was made: .*No file was left behind. Fix this and try again\.\n$/s)
    expect(readdirSync(folder)).toEqual(['good'])
  })

  test('that breaks off does not change an earlier backup', async () => {
    const folder = aFolder({ 'one.backup': 'precious' })
    const url = await standIn((_request, response) => {
      response.writeHead(200, { 'content-length': '100000' })
      response.write('SQLite format 3\0', () => response.destroy())
    })
    const env = { LATCHKEY_ADMIN_URL: url, LATCHKEY_ADMIN_KEY: 'lka_0' }
    const { exitCode, stderr } = await latchkey(['backup', '--overwrite', join(folder, 'one.backup')], env)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('broke off')
    expect(readdirSync(folder)).toEqual(['one.backup'])
    expect(readFileSync(join(folder, 'one.backup'), 'utf8')).toBe('precious')
  })

  test('into a missing folder, or without a server, leaves no file', async () => {
    const folder = aFolder()
    const { dataDir } = await aServer()
    const nowhere = await latchkey(['backup', join(folder, 'none', 'x')], { LATCHKEY_DATA_DIR: dataDir })
    expect(nowhere).toMatchObject({ exitCode: 3 })
    expect(nowhere.stderr).toContain(`there is no folder ${join(folder, 'none')}`)
    const alone = { LATCHKEY_ADMIN_URL: 'http://127.0.0.1:1', LATCHKEY_ADMIN_KEY: 'lka_0' }
    expect(await latchkey(['backup', join(folder, 'x')], alone)).toMatchObject({ exitCode: 5 })
    expect(readdirSync(folder)).toEqual([])
  })
})

function flipped(whole: Buffer, at: number): Buffer {
  const damaged = Buffer.from(whole)
  damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at)
  return damaged
}
