// The token store for many processes on one host: a folder with one file for each key. The name of the file ends with
// the version number of its text. Every replacement of the text raises the number.

/**
 * A token store for the processes of one host.
 *
 * @module @latchkey/client/file-store
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, lstat, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from './make-folder.ts'
import { isOfThisUser, readOwnFile } from './read-own-file.ts'
import { LONGEST_TEXT, type Stored, type TokenStore } from './token-store.ts'

/** The options of {@link fileStore}. */
export interface FileStoreOptions {
  /**
   * The folder of the store, on a local disk, because links must be atomic. Created with mode 0700 if it does not
   * exist.
   */
  readonly folder: string
}

const DRAFT_OF_A_DEAD_PROCESS_MS = 60_000

/**
 * Makes a token store in a folder that several processes of one user share. It needs no lock, because a file is
 * complete before it gets its name, and no name is used twice. A process that crashes therefore blocks no other
 * process.
 *
 * The store forgets its tokens when the machine restarts, because the clock that the processes share starts again.
 *
 * Reading and replacing throw an `Error` if the folder belongs to another user or if other users can read it.
 *
 * @example
 * ```ts
 * import { createTokenManager } from '@latchkey/client'
 * import { fileStore } from '@latchkey/client/file-store'
 *
 * const tokens = createTokenManager({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   clientSecret: process.env['CLIENT_SECRET'] ?? '',
 *   scope: 'machinelearning.predict',
 *   store: fileStore({ folder: '/run/my-program/tokens' }),
 * })
 * console.log(tokens.status().state)
 * ```
 */
export function fileStore({ folder }: FileStoreOptions): TokenStore {
  const opened = { folder: undefined as Promise<void> | undefined }
  const open = (): Promise<void> =>
    (opened.folder ??= openFolder(folder).catch((cause: unknown) => {
      opened.folder = undefined
      throw cause
    }))
  return {
    async read(key) {
      await open()
      return readNewest(folder, key)
    },
    async replace(key, version, text) {
      await open()
      const draft = join(folder, `${key}.draft.${randomBytes(8).toString('hex')}`)
      try {
        await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
        return await linkNext(draft, { folder, key, version: Number(version) })
      } finally {
        await rm(draft, { force: true })
      }
    },
  }
}

async function openFolder(folder: string): Promise<void> {
  await makeFolder(folder)
  const { mode, uid } = await stat(folder)
  if (!isOfThisUser(uid)) {
    throw new Error(`${folder} belongs to another user, who could put tokens of their own there: choose another folder`)
  }
  // Windows has no permission bits. There a folder is private by its location.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error(`other users have rights to ${folder}: make it private with chmod 700`)
  }
}

async function readNewest(folder: string, key: string): Promise<Stored> {
  for (;;) {
    const number = Math.max(0, ...(await numbersOf(folder, key)))
    if (number === 0) return { version: '0', now: sharedNow() }
    try {
      const path = pathOf(folder, key, number)
      const text = await readOwnFile(path, LONGEST_TEXT)
      if (text === undefined) throw new Error(`${path} is not a file of this store: remove it`)
      return { version: String(number), text, now: sharedNow() }
    } catch (cause) {
      // Other processes have written newer versions and removed this file since the folder was listed. The loop lists
      // the folder again.
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    }
  }
}

interface ReadVersion {
  readonly folder: string
  readonly key: string
  readonly version: number
}

/**
 * Publishes the draft under the number after the version that the caller read. Returns false if another process
 * published a version with this number first.
 */
async function linkNext(draft: string, read: ReadVersion): Promise<boolean> {
  const { folder, key, version } = read
  const number = version + 1
  try {
    await link(draft, pathOf(folder, key, number))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw cause
  }
  const numbers = await numbersOf(folder, key)
  // If another file has a higher number, newer versions exist. This link then succeeded only because other processes
  // had already removed the file with its number.
  const isNewest = number === Math.max(...numbers)
  const outdated = isNewest ? numbers.filter((other) => other < version) : [number]
  await Promise.all(outdated.map((other) => rm(pathOf(folder, key, other), { force: true })))
  if (isNewest) await removeOldDrafts(folder, key)
  return isNewest
}

async function numbersOf(folder: string, key: string): Promise<readonly number[]> {
  const prefix = `${key}.${BOOT}.`
  const names = await readdir(folder)
  // Other files, such as the backup of an editor, do not belong to the store.
  return names.flatMap((name) => {
    const number = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    return /^[1-9][0-9]{0,14}$/.test(number) ? [Number(number)] : []
  })
}

async function removeOldDrafts(folder: string, key: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${key}.`) || name.startsWith(`${key}.${BOOT}.`)) continue
    const path = join(folder, name)
    const found = await lstat(path).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > DRAFT_OF_A_DEAD_PROCESS_MS) await rm(path, { force: true })
  }
}

const pathOf = (folder: string, key: string, number: number): string => join(folder, `${key}.${BOOT}.${String(number)}`)

// On Linux all processes read one monotonic clock that starts when the machine starts, and the boot ID identifies that
// start. On other systems the store uses the wall clock.
const BOOT = bootId()

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
  } catch {
    return 'wall'
  }
}

const sharedNow = (): number => (BOOT === 'wall' ? Date.now() : Number(process.hrtime.bigint() / 1000n) / 1000)
