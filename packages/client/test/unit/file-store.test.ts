// The folder of the file store: its permissions, its content, and the removal of old files.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fileStore } from '../../src/file-store.ts'
import { aManager } from '../a-manager.ts'
import { aReferenceServer, CLIENT_SECRET } from '../reference-server.ts'
import { TestClock } from '../test-clock.ts'

async function setting() {
  const parent = mkdtempSync(join(tmpdir(), 'latchkey-client-'))
  onTestFinished(() => {
    rmSync(parent, { recursive: true, force: true })
  })
  const folder = join(parent, 'tokens')
  const clock = new TestClock()
  const server = await aReferenceServer(() => clock.now())
  const open = (clientSecret = CLIENT_SECRET) => aManager(server, clock, { store: fileStore({ folder }), clientSecret })
  return { folder, clock, server, open }
}

const bits = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('only the owner can read the folder and its files, and the files contain no token or secret', async () => {
  const { folder, clock, open } = await setting()
  const token = await clock.until(open().manager.getToken())
  expect(bits(folder)).toBe('700')
  const files = readdirSync(folder)
  expect(files.length).toBeGreaterThan(0)
  for (const name of files) {
    expect(bits(join(folder, name))).toBe('600')
    const content = readFileSync(join(folder, name), 'latin1')
    for (const part of [token, token.split('.')[1], CLIENT_SECRET]) expect(content).not.toContain(part)
  }
})

test.runIf(process.platform === 'linux')(
  'if the system refuses to make the folder, the store throws an error instead of retrying forever',
  async () => {
    const store = fileStore({ folder: '/proc/nope/tokens' })
    await expect(store.read('slot')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/nope' })
  },
)

test('a folder that other users can read is not used', async () => {
  const { folder, clock, open } = await setting()
  await clock.until(open().manager.getToken())
  chmodSync(folder, 0o755)
  await expect(clock.until(open().manager.getToken())).rejects.toMatchObject({
    code: 'STORE_FAILED',
    cause: { message: expect.stringContaining('chmod 700') as string },
  })
})

test.skipIf(process.platform === 'win32')('a folder of another user is not used', async () => {
  const { folder, clock, open } = await setting()
  await clock.until(open().manager.getToken())
  // Only root can give a folder to another user. All other users use a folder that belongs to root.
  if (process.getuid?.() === 0) chownSync(folder, 65534, 65534)
  const another = fileStore({ folder: process.getuid?.() === 0 ? folder : '/' })
  await expect(another.read('slot')).rejects.toThrow(/belongs to another user.*choose another/)
})

/** Returns the path of the file in which the store keeps the text of the key `slot`. */
async function pathOfText(folder: string): Promise<string> {
  const store = fileStore({ folder })
  const { version } = await store.read('slot')
  await store.replace('slot', version, 'text', 1000)
  const [name = ''] = readdirSync(folder)
  return join(folder, name)
}

describe.skipIf(process.platform === 'win32')('a path of a file of the store', () => {
  test.each([
    ['a pipe, whose reader waits for a writer,', (path: string) => void execFileSync('mkfifo', [path])],
    ['a socket', (path: string) => void aSocketAt(path)],
    ['a folder', (path: string) => void mkdirSync(path)],
    [
      'a symbolic link to a file of the same user',
      (path: string) => {
        symlinkSync(aFileBeside(path), path)
      },
    ],
    [
      'a symbolic link to a pipe',
      (path: string) => {
        execFileSync('mkfifo', [`${path}.pipe`])
        symlinkSync(`${path}.pipe`, path)
      },
    ],
    [
      'a symbolic link to nothing',
      (path: string) => {
        symlinkSync('/nowhere/at/all', path)
      },
    ],
    [
      'a device',
      (path: string) => {
        symlinkSync('/dev/zero', path)
      },
    ],
    [
      'a file of 2 GB',
      (path: string) => {
        writeFileSync(path, '')
        truncateSync(path, 2 ** 31)
      },
    ],
  ])('is not read if it names %s, and the error says what to remove', async (_, put) => {
    const { folder } = await setting()
    const path = await pathOfText(folder)
    rmSync(path)
    put(path)
    await expect(fileStore({ folder }).read('slot')).rejects.toThrow(`${path} is not a file of this store: remove it`)
  })

  test.runIf(process.getuid?.() === 0)('is not read if it names a file of another user', async () => {
    const { folder } = await setting()
    const path = await pathOfText(folder)
    chownSync(path, 65534, 65534)
    await expect(fileStore({ folder }).read('slot')).rejects.toThrow(`${path} is not a file of this store: remove it`)
  })
})

const aFileBeside = (path: string): string => {
  const beside = `${path}.beside`
  writeFileSync(beside, 'a secret of the user', { mode: 0o600 })
  return beside
}

const aSocketAt = (path: string): void => {
  const server = createServer().listen(path)
  onTestFinished(() => void server.close())
}

test('a new process takes over the token of the previous process', async () => {
  const { clock, server, open } = await setting()
  const token = await clock.until(open().manager.getToken())
  const { manager, events } = open()
  expect(await clock.until(manager.getToken())).toBe(token)
  expect(server.counts.requested).toBe(1)
  expect(events).toEqual(['reused'])
})

test('a text that was sealed with another secret counts as empty, and is replaced', async () => {
  const { clock, server, open } = await setting()
  await clock.until(open('another-secret').manager.getToken()).catch(() => undefined)
  const token = await clock.until(open().manager.getToken())
  expect(await clock.until(open().manager.getToken())).toBe(token)
  expect(server.counts.issued).toBe(1)
})

test('a text that is not a record counts as empty, and is replaced', async () => {
  const { folder, clock, server, open } = await setting()
  await clock.until(open().manager.getToken())
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'lkc1.AAAA')
  await clock.until(open().manager.getToken())
  await clock.until(open().manager.getToken())
  expect(server.counts.issued).toBe(2)
})

test('a file of another kind in the folder causes no endless loop', async () => {
  const { folder } = await setting()
  const store = fileStore({ folder })
  const { version } = await store.read('slot')
  await store.replace('slot', version, 'text', 1000)
  for (const name of readdirSync(folder)) writeFileSync(join(folder, `${name}~`), 'the copy of an editor')
  expect(await store.read('slot')).toMatchObject({ text: 'text' })
})

test('a hundred replacements leave only a few files, and the drafts of dead processes are removed', async () => {
  const { folder } = await setting()
  const store = fileStore({ folder })
  await store.read('slot')
  const draft = join(folder, 'slot.draft.dead')
  writeFileSync(draft, 'half')
  utimesSync(draft, 1, 1)
  for (let time = 0; time < 100; time++) {
    const { version } = await store.read('slot')
    await store.replace('slot', version, String(time), 1000)
  }
  expect(readdirSync(folder).length).toBeLessThanOrEqual(2)
})
