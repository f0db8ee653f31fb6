// Checks the data folder if it is on this machine: only its owner may open it and its files.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Finding, ok, problem, skipped } from './finding.ts'

const CHECK = 'key files'

export function examineFiles(dataDir: string): readonly Finding[] {
  if (process.platform === 'win32') return [skipped(CHECK, 'this system has no file modes')]
  const open: string[] = []
  let names: readonly string[]
  try {
    names = readdirSync(dataDir)
    for (const path of [dataDir, ...names.map((name) => join(dataDir, name))]) if (isOpen(path)) open.push(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    return [skipped(CHECK, `this user cannot read the data folder ${dataDir} (${code})`)]
  }
  if (open.length === 0) return [ok(CHECK, `only the owner can open ${dataDir} and its ${String(names.length)} files`)]
  return open.map((path) =>
    problem(
      CHECK,
      `users other than the owner can open ${path}`,
      `chmod ${path === dataDir ? '700' : '600'} ${quoted(path)}`,
    ),
  )
}

// A running server creates and removes files during the check.
const isOpen = (path: string): boolean => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0

const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
