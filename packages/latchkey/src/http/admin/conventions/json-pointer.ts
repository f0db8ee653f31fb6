// JSON pointers (RFC 6901). Problems use them to name a member of a body.

const LONGEST_NAME = 64

/** Returns the pointer to a path. Shortens each name to 64 characters, because names are caller input. */
export const pointerTo = (path: readonly (string | number)[]): string => path.map((step) => `/${stepOf(step)}`).join('')

// RFC 6901 §3: `~` and `/` are escaped.
const stepOf = (step: string | number): string =>
  String(step).slice(0, LONGEST_NAME).replaceAll('~', '~0').replaceAll('/', '~1')
