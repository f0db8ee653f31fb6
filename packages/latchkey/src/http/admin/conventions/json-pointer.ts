// RFC 6901: how problems name a place in a JSON body.

const LONGEST_NAME = 64

/** Returns the pointer to a path. Names come from outside, so each is cut after 64 characters. */
export const pointerTo = (path: readonly (string | number)[]): string => path.map((step) => `/${stepOf(step)}`).join('')

// RFC 6901 §3
const stepOf = (step: string | number): string =>
  String(step).slice(0, LONGEST_NAME).replaceAll('~', '~0').replaceAll('/', '~1')
