// The file server.json in the data folder, by which the command line finds the running server.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ServerFile {
  readonly pid: number
  readonly admin_url: string
  readonly public_url: string
}

const pathIn = (dataDir: string): string => join(dataDir, 'server.json')

/** Writes the file under another name and renames it, so that no program reads half of it. */
export function writeServerFile(dataDir: string, content: ServerFile): void {
  const draft = `${pathIn(dataDir)}.${String(content.pid)}`
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 })
  renameSync(draft, pathIn(dataDir))
}

/**
 * Removes the file, unless another server has written its own in the meantime. Servers on one database can share a
 * folder.
 */
export function removeServerFile(dataDir: string, own: Pick<ServerFile, 'pid' | 'admin_url'>): void {
  const { pid, admin_url } = readServerFile(dataDir)
  if (pid === own.pid && admin_url === own.admin_url) rmSync(pathIn(dataDir), { force: true })
}

/** Returns the admin URL of the server that runs on this folder or ran on it last. Undefined if there is none. */
export function readAdminUrl(dataDir: string): string | undefined {
  const url = readServerFile(dataDir).admin_url
  return typeof url === 'string' ? url : undefined
}

/** Returns the public URL of the server that runs on this folder or ran on it last. Undefined if there is none. */
export function readPublicUrl(dataDir: string): string | undefined {
  const url = readServerFile(dataDir).public_url
  return typeof url === 'string' ? url : undefined
}

/** Returns the process id of the server that runs on this folder or ran on it last. Undefined if there is none. */
export function readRunningPid(dataDir: string): number | undefined {
  const { pid } = readServerFile(dataDir)
  return typeof pid === 'number' ? pid : undefined
}

function readServerFile(dataDir: string): { readonly [Name in keyof ServerFile]?: unknown } {
  try {
    const content: unknown = JSON.parse(readFileSync(pathIn(dataDir), 'utf8'))
    return typeof content === 'object' && content !== null ? content : {}
  } catch {
    // The file is missing, or a crash left it incomplete. The caller then uses its defaults.
    return {}
  }
}
