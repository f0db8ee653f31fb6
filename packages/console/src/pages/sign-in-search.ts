// The search parameters of the sign-in page: the page to open after the sign-in.

export interface SignInSearch {
  readonly next?: string
}

/** Browsers remove these characters from an address. What remains may name another site. */
const LEFT_OUT = /[\t\n\r]/g

/** Returns a path of this console: never another site, and never a text that a browser would read as one. */
export function readSignInSearch({ next }: { readonly next?: unknown }): SignInSearch {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next.replace(LEFT_OUT, '')) ? { next } : {}
}
