// How a token request gets its outcome without a promise.
//
// The usual request makes no promise between the HTTP parser and the commit queue. Two kinds of request make promises:
//   - a refusal, where another server may have changed the state since (`operations/issue-token.ts`)
//   - a live token that is handed out again: in stable mode, or a later one that answers as well (`issuing/issue.ts`)

/**
 * Takes the outcome of a request, as the resolvers of a promise do. One of the two functions is called, once: before the
 * asking function returns, or in a later turn of the event loop. If `resolve` throws in a later turn, the caller hands what
 * it threw to `reject`. `reject` must not throw.
 */
export interface Resolvers<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (cause: unknown) => void
}

/** Hands on what `map` makes of each value. What `map` throws goes where an exception of `resolve` goes. */
export const mapResolvers = <Value, Mapped>(
  { resolve, reject }: Resolvers<Mapped>,
  map: (value: Value) => Mapped,
): Resolvers<Value> => ({
  resolve: (value) => void resolve(map(value)),
  reject,
})
