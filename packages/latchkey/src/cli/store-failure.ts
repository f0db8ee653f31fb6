// Why a command that works on a store past any server did nothing, with the exit code that says so to scripts.
import { FolderNotMade } from '../make-folder.ts'
import { CliFailure, EXIT, unusable } from './cli-failure.ts'

/** A store that is missing, in use or in the way is no failure of anything. */
export function storeFailure(code: string, cause: unknown): CliFailure {
  if (cause instanceof FolderNotMade) return unusable(cause.message)
  const message = cause instanceof Error ? cause.message : String(cause)
  const isRefused = (cause as { readonly code?: unknown }).code === 'copy_refused'
  return new CliFailure({ code, exitCode: isRefused ? EXIT.notFoundOrConflict : EXIT.failure, message })
}
