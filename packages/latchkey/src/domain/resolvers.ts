// Callbacks that receive the outcome of a token request. The server uses callbacks here because promises would cost
// time on its hot path.
//
// Most token requests create no promise between the HTTP parser and the commit queue. The server creates a promise only
// in two cases:
// - It may refuse the request, but another server's change may have removed the reason (`operations/issue-token.ts`).
// - It returns a live token again, in stable mode or because a later token answers the request (`issuing/issue.ts`).

/**
 * Receives the outcome of a request, like the resolvers of a promise. A function that takes resolvers calls exactly one
 * of them, exactly once: before it returns, or in a later turn of the event loop. If `resolve` throws in a later turn,
 * `reject` gets the error. `reject` must not throw.
 */
export interface Resolvers<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (cause: unknown) => void
}

/**
 * Returns resolvers that apply `map` to the value before they pass it on. An error of `map` is handled like an error of
 * `resolve`.
 */
export const mapResolvers = <Value, Mapped>(
  { resolve, reject }: Resolvers<Mapped>,
  map: (value: Value) => Mapped,
): Resolvers<Value> => ({
  resolve: (value) => void resolve(map(value)),
  reject,
})
