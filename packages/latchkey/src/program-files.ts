// The files of the program itself. In a checkout or a package they are next to the program's code. In the executable
// they are inside the executable file.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sea from 'node:sea'
import { fileURLToPath } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** A folder whose file names are listed once, so that the path in a request is never used as a path on the disk. */
export interface FileFolder {
  /** The paths of all files, relative to the folder. */
  readonly names: ReadonlySet<string>
  readonly text: (name: string) => string
  readonly bytes: (name: string) => Promise<Buffer>
}

/** The path from this module to a file of the package is the same in the sources and in the built package. */
const inPackage = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Returns the package.json of the program. */
export const programManifest = (): unknown =>
  JSON.parse(sea.isSea() ? sea.getAsset('package.json', 'utf8') : readFileSync(inPackage('package.json'), 'utf8'))

/** Returns the licences of the software that the program contains. Undefined in a checkout, which contains none. */
export function programNotices(): string | undefined {
  if (sea.isSea()) return sea.getAsset('NOTICES', 'utf8')
  const file = inPackage('NOTICES')
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/**
 * Starts a thread.
 *
 * @param program the module that the thread runs, as a path from `src` without extension
 */
export function startThread(program: ThreadProgram, options?: WorkerOptions): Worker {
  // In the executable, a thread cannot read the files inside the executable, so the thread gets its program as text.
  if (sea.isSea()) return new Worker(sea.getAsset(program, 'utf8'), { ...options, eval: true })
  // In a checkout Node runs the sources. The built package has JavaScript.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`./${program}.${extension}`, import.meta.url), options)
}

export type ThreadProgram = 'storage/sqlite/worker' | 'keys/signing-worker'

/** Returns the built console. */
export const consoleFolder = (): FileFolder =>
  sea.isSea() ? folderInExecutable('console/') : folderOnDisk(inPackage('dist/console'))

/** A folder that does not exist has no files. */
export function folderOnDisk(path: string): FileFolder {
  const names = existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : []
  return {
    names: new Set(names),
    text: (name) => readFileSync(join(path, name), 'utf8'),
    bytes: (name) => readFile(join(path, name)),
  }
}

function folderInExecutable(prefix: string): FileFolder {
  const keys = sea.getAssetKeys().filter((key) => key.startsWith(prefix))
  return {
    names: new Set(keys.map((key) => key.slice(prefix.length))),
    text: (name) => sea.getAsset(`${prefix}${name}`, 'utf8'),
    bytes: (name) => Promise.resolve(Buffer.from(sea.getRawAsset(`${prefix}${name}`))),
  }
}
