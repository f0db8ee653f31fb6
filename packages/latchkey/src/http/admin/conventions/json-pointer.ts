// JSON pointers (RFC 6901), by which problems name a member of a body.

const LONGEST_NAME = 64

/** Returns the pointer to a path. Cuts each name after 64 characters, because names are caller input. */
export const pointerTo = (path: readonly (string | number)[]): string => path.map((step) => `/${stepOf(step)}`).join('')

// RFC 6901 §3.
const stepOf = (step: string | number): string =>
  String(step).slice(0, LONGEST_NAME).replaceAll('~', '~0').replaceAll('/', '~1')
