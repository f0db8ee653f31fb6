// The version of this package. It is a constant, because a bundled program has no package.json beside it.

/** Written by `npm run release -- VERSION --prepare`. */
export const VERSION = '0.2.0'
