// server.json in the data folder: how the command line finds the server that is running there.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ServerFile {
  readonly pid: number
  readonly admin_url: string
  readonly public_url: string
}

const pathIn = (dataDir: string): string => join(dataDir, 'server.json')

/** Written under another name first, so that nobody reads half of it. */
export function writeServerFile(dataDir: string, content: ServerFile): void {
  const draft = `${pathIn(dataDir)}.${String(content.pid)}`
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  renameSync(draft, pathIn(dataDir))
}

/** Unless another server has written its own since: several on one database can have one folder. */
export function removeServerFile(dataDir: string, own: Pick<ServerFile, 'pid' | 'admin_url'>): void {
  const { pid, admin_url } = readServerFile(dataDir)
  if (pid === own.pid && admin_url === own.admin_url) rmSync(pathIn(dataDir), { force: true })
}

/** The admin URL of the server that runs on this folder, or ran there last; undefined when the folder does not say. */
export function readAdminUrl(dataDir: string): string | undefined {
  const url = readServerFile(dataDir).admin_url
  return typeof url === 'string' ? url : undefined
}

/** The public URL of the server that runs on this folder, or ran there last; undefined when the folder does not say. */
export function readPublicUrl(dataDir: string): string | undefined {
  const url = readServerFile(dataDir).public_url
  return typeof url === 'string' ? url : undefined
}

/** The process that runs on this folder, or ran there last; undefined when the folder does not say. */
export function readRunningPid(dataDir: string): number | undefined {
  const { pid } = readServerFile(dataDir)
  return typeof pid === 'number' ? pid : undefined
}

function readServerFile(dataDir: string): { readonly [Name in keyof ServerFile]?: unknown } {
  try {
    const content: unknown = JSON.parse(readFileSync(pathIn(dataDir), 'utf8'))
    return typeof content === 'object' && content !== null ? content : {}
  } catch {
    // Not there, or left half-written by a crash of the disk: the defaults are as good a guess as any.
    return {}
  }
}
