// The error of a copy or restore that was refused.

/** Thrown if the store cannot be copied from or to this location. Nothing was changed. The message says why. */
export class CopyRefused extends Error {
  readonly code = 'copy_refused'
}
