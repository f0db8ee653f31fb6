// The error for a refused copy or restore.

/** Thrown if a store cannot be copied from or to this location. The message says why. Nothing was changed. */
export class CopyRefused extends Error {
  readonly code = 'copy_refused'
}
