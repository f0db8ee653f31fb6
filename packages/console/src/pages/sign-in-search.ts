// What the address of the sign-in page says: where to go on to.

export interface SignInSearch {
  readonly next?: string
}

/** A path of this console: never another site, and never what a browser would take for one. */
export function readSignInSearch({ next }: { readonly next?: unknown }): SignInSearch {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {}
}
