// The master key in a file.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createMasterKeyFile, readMasterKeyFile } from '../../../src/keys/master-key-file.ts'
import type { MasterKey } from '../../../src/keys/master-key.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-keys-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const derivedFrom = (key: MasterKey): string => key.derive('test').export().toString('hex')

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

test('a new master key file is read back as the key it was made with', async () => {
  const path = join(folder, 'master.key')
  const made = await createMasterKeyFile(path)
  expect(derivedFrom(await readMasterKeyFile(path))).toBe(derivedFrom(made))
})

test('two new master keys differ', async () => {
  const keys = [await createMasterKeyFile(join(folder, 'a')), await createMasterKeyFile(join(folder, 'b'))]
  expect(new Set(keys.map(derivedFrom)).size).toBe(2)
})

test('a new master key file has mode 0600 in folders of mode 0700', async () => {
  const path = join(folder, 'outer', 'inner', 'master.key')
  await createMasterKeyFile(path)
  expect(await modeOf(path)).toBe(0o600)
  expect(await modeOf(join(folder, 'outer', 'inner'))).toBe(0o700)
  expect(await modeOf(join(folder, 'outer'))).toBe(0o700)
})

test('an existing master key file is never overwritten', async () => {
  const path = join(folder, 'master.key')
  await createMasterKeyFile(path)
  const before = await readFile(path, 'utf8')
  await expect(createMasterKeyFile(path)).rejects.toThrow(/exists already and is never overwritten/)
  expect(await readFile(path, 'utf8')).toBe(before)
})

test('no master key is made in a folder that others can enter', async () => {
  const open = join(folder, 'open')
  await mkdir(open)
  await chmod(open, 0o755)
  await expect(createMasterKeyFile(join(open, 'master.key'))).rejects.toThrow(/mode 0755.*chmod 700/)
  await expect(stat(join(open, 'master.key'))).rejects.toThrow(/ENOENT/)
})

test.each([0o640, 0o604, 0o620, 0o644, 0o666])(
  'a master key file of mode %o is refused with the remedy',
  async (mode) => {
    const path = join(folder, 'master.key')
    await createMasterKeyFile(path)
    await chmod(path, mode)
    await expect(readMasterKeyFile(path)).rejects.toThrow(`chmod 600 ${path}`)
  },
)

test('a read-only master key file is accepted', async () => {
  const path = join(folder, 'master.key')
  const made = await createMasterKeyFile(path)
  await chmod(path, 0o400)
  expect(derivedFrom(await readMasterKeyFile(path))).toBe(derivedFrom(made))
})

test('a file that is missing, empty, a folder, too large or not a key is refused, and the error has its name and not its content', async () => {
  const path = join(folder, 'master.key')
  await expect(readMasterKeyFile(path)).rejects.toThrow(`${path}: The server cannot open the master key file (ENOENT).`)
  await writeFile(path, '', { mode: 0o600 })
  await expect(readMasterKeyFile(path)).rejects.toThrow(`${path}: The master key is empty.`)
  await writeFile(path, 'hunter2-hunter2-hunter2')
  await expect(readMasterKeyFile(path)).rejects.toThrow(/^(?!.*hunter2).*has 23 characters/)
  await writeFile(path, 'A'.repeat(2000))
  await expect(readMasterKeyFile(path)).rejects.toThrow(/too large/)
  await expect(readMasterKeyFile(folder)).rejects.toThrow(/not in a regular file/)
})

test('an incomplete draft that a crash left does not prevent the next start', async () => {
  const path = join(folder, 'master.key')
  await writeFile(`${path}.new`, 'half a k')
  const made = await createMasterKeyFile(path)
  expect(derivedFrom(await readMasterKeyFile(path))).toBe(derivedFrom(made))
  expect(await readdir(folder)).toEqual(['master.key'])
})
