// The version of this package. A constant, because a bundled program has no package.json beside it.

/** `npm run release -- VERSION --prepare` writes it here. */
export const VERSION = '0.2.0'
