// The location of a store, as copy, restore and after-restore read it. Passwords in a URL are never shown.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../../a-folder.ts'
import { latchkey } from '../../run-command.ts'

describe('a URL of another kind than PostgreSQL is refused without quoting it:', () => {
  const urls = [
    'mysql://someone:hunter2@db.example.com/latchkey',
    'postgres:someone:hunter2@db.example.com/latchkey',
    'postgres://someone:hunter2@db.example.com',
    'postgres://someone:hunter2@[db.example.com/latchkey',
    'jdbc:postgresql://db.example.com/latchkey?password=hunter2',
  ]
  test.each(urls)('%s', async (url) => {
    for (const words of [
      ['copy', '--from', aFolder(), '--to', url],
      ['copy', '--from', url, '--to', join(aFolder(), 'new')],
      ['restore', 'no.backup', '--to', url],
      ['after-restore', '--yes', '--on', url],
    ]) {
      const { exitCode, stdout, stderr } = await latchkey(words)
      expect({ words, exitCode }).toEqual({ words, exitCode: 2 })
      expect(stderr).toContain('is not the URL of a PostgreSQL database')
      expect(stdout + stderr).not.toMatch(/hunter2|someone/)
    }
    expect(existsSync(url.split('/')[0] ?? '')).toBe(false)
  })
})

test('an unreachable database is reported with what to do and without its password', async () => {
  const url = 'postgres://someone:hunter2@127.0.0.1:1/x'
  for (const words of [
    ['migrate', 'status'],
    ['migrate', 'up'],
    ['copy', '--from', 'LATCHKEY_DATABASE_URL', '--to', join(aFolder(), 'new')],
    ['after-restore', '--yes', '--on', 'LATCHKEY_DATABASE_URL'],
  ]) {
    const { exitCode, stdout, stderr } = await latchkey(words, { LATCHKEY_DATABASE_URL: url })
    expect({ words, exitCode }).toEqual({ words, exitCode: 1 })
    expect(stderr).toContain('Start PostgreSQL, or correct the host and port')
    expect(stdout + stderr).not.toMatch(/hunter2|someone/)
  }
})

test('a scheme in capital letters counts as a scheme', async () => {
  const { exitCode, stderr } = await latchkey([
    'after-restore',
    '--yes',
    '--on',
    'POSTGRES://someone:hunter2@127.0.0.1:1/x',
  ])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('cannot reach the database')
  expect(stderr).not.toContain('hunter2')
})
