// What the address of the sign-in page says: where to go on to.

export interface SignInSearch {
  readonly next?: string
}

/** Browsers take these out of an address: what is left may name another site. */
const LEFT_OUT = /[\t\n\r]/g

/** A path of this console: never another site, and never what a browser would take for one. */
export function readSignInSearch({ next }: { readonly next?: unknown }): SignInSearch {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next.replace(LEFT_OUT, '')) ? { next } : {}
}
