// The folder of the file store: who can read it, what stands in it, and what becomes of leftovers.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
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

test('folder and files are for their owner alone, and no token or secret stands in them', async () => {
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
  'a folder that the system refuses to make is an error, and not asked for over and over',
  async () => {
    const store = fileStore({ folder: '/proc/nope/tokens' })
    await expect(store.read('slot')).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/nope' })
  },
)

test('a folder that others can look into is not used', async () => {
  const { folder, clock, open } = await setting()
  await clock.until(open().manager.getToken())
  chmodSync(folder, 0o755)
  await expect(clock.until(open().manager.getToken())).rejects.toMatchObject({
    code: 'STORE_FAILED',
    cause: { message: expect.stringContaining('chmod 700') as string },
  })
})

test('a new process takes the token of the one before it', async () => {
  const { clock, server, open } = await setting()
  const token = await clock.until(open().manager.getToken())
  const { manager, events } = open()
  expect(await clock.until(manager.getToken())).toBe(token)
  expect(server.counts.asked).toBe(1)
  expect(events).toEqual(['reused'])
})

test('what was sealed with another secret counts as empty, and is replaced', async () => {
  const { clock, server, open } = await setting()
  await clock.until(open('another-secret').manager.getToken()).catch(() => undefined)
  const token = await clock.until(open().manager.getToken())
  expect(await clock.until(open().manager.getToken())).toBe(token)
  expect(server.counts.issued).toBe(1)
})

test('what is no record at all counts as empty, and is replaced', async () => {
  const { folder, clock, server, open } = await setting()
  await clock.until(open().manager.getToken())
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'lkc1.AAAA')
  await clock.until(open().manager.getToken())
  await clock.until(open().manager.getToken())
  expect(server.counts.issued).toBe(2)
})

test('a file of another kind in the folder was looked for without end', async () => {
  const { folder } = await setting()
  const store = fileStore({ folder })
  const { version } = await store.read('slot')
  await store.replace('slot', version, 'text', 1000)
  for (const name of readdirSync(folder)) writeFileSync(join(folder, `${name}~`), 'the copy of an editor')
  expect(await store.read('slot')).toMatchObject({ text: 'text' })
})

test('a hundred replacements leave a handful of files, and drafts of dead processes go', async () => {
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
