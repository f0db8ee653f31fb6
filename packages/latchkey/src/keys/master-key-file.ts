// The master key in a file that only its owner can read.
import { randomBytes } from 'node:crypto'
import { link, open, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { makeFolder } from '../make-folder.ts'
import { MASTER_KEY_BYTES, type MasterKey, MasterKeyError, readMasterKey } from './master-key.ts'

const LARGEST_KEY_FILE = 1024
const OTHERS = 0o077

/** False on Windows, which has access control lists instead of permission bits and cannot sync a folder. */
const hasModes = process.platform !== 'win32'

/**
 * Reads the master key from a file. Throws `MasterKeyError` unless the file is regular, is closed to other users, and
 * contains a valid key.
 */
export async function readMasterKeyFile(path: string): Promise<MasterKey> {
  const text = await readPrivateText(path)
  try {
    return readMasterKey(text)
  } catch (cause) {
    if (cause instanceof MasterKeyError) throw new MasterKeyError(`${path}: ${cause.message}`)
    throw cause
  }
}

/**
 * Writes a new random key to a new file (mode 0600). Makes missing folders (mode 0700). Resolves only after file and
 * folders are synced to the disk: a lost key would make all values that are sealed under it unreadable. Throws
 * `MasterKeyError` if the file already exists or cannot be made, or if its folder is open to other users. Throws
 * `FolderNotMade` if a folder cannot be made.
 */
export async function createMasterKeyFile(path: string): Promise<MasterKey> {
  const file = resolve(path)
  const folder = dirname(file)
  const firstMade = makeFolder(folder)
  await refuseOpenFolder(folder)
  const text = randomBytes(MASTER_KEY_BYTES).toString('base64url')
  await writeNewFile(file, `${text}\n`)
  await syncFolders(folder, firstMade === undefined ? folder : dirname(firstMade))
  return readMasterKey(text)
}

async function readPrivateText(path: string): Promise<string> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new MasterKeyError(
      `${path}: The server cannot open the master key file (${codeOf(cause)}). Correct the path or the permissions.`,
      { cause },
    )
  })
  try {
    const found = await handle.stat()
    const { mode, size } = found
    if (!found.isFile())
      throw new MasterKeyError(
        `${path}: The master key is not in a regular file. Write the key to a file that only its owner can read.`,
      )
    if (hasModes && (mode & OTHERS) !== 0) {
      throw new MasterKeyError(
        `${path}: The master key file is open to other users (mode ${octal(mode)}). Close the file with: chmod 600 ${path}`,
      )
    }
    if (size > LARGEST_KEY_FILE)
      throw new MasterKeyError(`${path}: The file is too large to be a master key. Give the right file.`)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

async function refuseOpenFolder(folder: string): Promise<void> {
  const { mode } = await stat(folder)
  if (!hasModes || (mode & OTHERS) === 0) return
  throw new MasterKeyError(
    `${folder}: The folder for the master key is open to other users (mode ${octal(mode)}). Close the folder with: chmod 700 ${folder}`,
  )
}

// Writes a draft with another name first and then links it, so that a crash leaves no empty or incomplete key file.
async function writeNewFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`
  const cannotBeMade = (cause: unknown): never => {
    const problem = codeOf(cause) === 'EEXIST' ? 'exists already and is never overwritten' : 'cannot be made'
    throw new MasterKeyError(`${file}: The master key file ${problem} (${codeOf(cause)}).`, { cause })
  }
  const handle = await open(draft, 'w', 0o600).catch(cannotBeMade)
  try {
    await handle.chmod(0o600) // Sets the mode again, because the umask may have removed permissions from the mode at creation.
    await handle.writeFile(text)
    await handle.sync()
    await link(draft, file).catch(cannotBeMade)
  } finally {
    await handle.close()
    await rm(draft, { force: true })
  }
}

/**
 * Syncs the folder of the key file and each parent folder that was made for it, so that a crash loses no new directory
 * entry.
 */
async function syncFolders(folder: string, last: string): Promise<void> {
  if (!hasModes) return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (folder !== last) await syncFolders(dirname(folder), last)
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0')

const codeOf = (cause: unknown): string => (cause as NodeJS.ErrnoException).code ?? 'unknown cause'
