// RFC 6901: a place in a JSON text, as problems name it.

const LONGEST_NAME = 64

/** Of a name that came from outside, no more is repeated than tells which one it was. */
export const pointerTo = (path: readonly (string | number)[]): string => path.map((step) => `/${stepOf(step)}`).join('')

// RFC 6901 §3
const stepOf = (step: string | number): string =>
  String(step).slice(0, LONGEST_NAME).replaceAll('~', '~0').replaceAll('/', '~1')
