// The file server.json in the data folder. The command line reads it to find the running server.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ServerFile {
  readonly pid: number
  readonly admin_url: string
  readonly public_url: string
}

const pathIn = (dataDir: string): string => join(dataDir, 'server.json')

/** Writes the file with a temporary name and renames it, so that no program reads an incomplete file. */
export function writeServerFile(dataDir: string, content: ServerFile): void {
  const draft = `${pathIn(dataDir)}.${String(content.pid)}`
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  renameSync(draft, pathIn(dataDir))
}

/** Removes the file, unless another server has overwritten it. Servers on the same database can share a data folder. */
export function removeServerFile(dataDir: string, own: Pick<ServerFile, 'pid' | 'admin_url'>): void {
  const { pid, admin_url } = readServerFile(dataDir)
  if (pid === own.pid && admin_url === own.admin_url) rmSync(pathIn(dataDir), { force: true })
}

/** Returns the admin URL of the server that uses this folder or used it last. Undefined if the file has no such URL. */
export function readAdminUrl(dataDir: string): string | undefined {
  const url = readServerFile(dataDir).admin_url
  return typeof url === 'string' ? url : undefined
}

/**
 * Returns the public URL of the server that uses this folder or used it last. Undefined if the file has no such URL.
 */
export function readPublicUrl(dataDir: string): string | undefined {
  const url = readServerFile(dataDir).public_url
  return typeof url === 'string' ? url : undefined
}

/**
 * Returns the process id of the server that uses this folder or used it last. Undefined if the file has no process id.
 */
export function readRunningPid(dataDir: string): number | undefined {
  const { pid } = readServerFile(dataDir)
  return typeof pid === 'number' ? pid : undefined
}

function readServerFile(dataDir: string): { readonly [Name in keyof ServerFile]?: unknown } {
  try {
    const content: unknown = JSON.parse(readFileSync(pathIn(dataDir), 'utf8'))
    return typeof content === 'object' && content !== null ? content : {}
  } catch {
    // The file is missing or unreadable. The caller then uses its defaults.
    return {}
  }
}
