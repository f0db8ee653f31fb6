// Why a store is not copied.

/** A store cannot be copied from or to where it was asked; nothing was changed. The message says why. */
export class CopyRefused extends Error {
  readonly code = 'copy_refused'
}
