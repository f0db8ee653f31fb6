// The failure of a command that opens a store without a server: its message and its exit code.
import { FolderNotMade } from '../make-folder.ts'
import { CliFailure, EXIT, unusable } from './cli-failure.ts'

/** Makes the failure. A store that is missing, in use or not empty is a conflict (exit code 3) and not a fault. */
export function storeFailure(code: string, cause: unknown): CliFailure {
  if (cause instanceof FolderNotMade) return unusable(cause.message)
  const message = cause instanceof Error ? cause.message : String(cause)
  const isRefused = (cause as { readonly code?: unknown }).code === 'copy_refused'
  return new CliFailure({ code, exitCode: isRefused ? EXIT.notFoundOrConflict : EXIT.failure, message })
}
