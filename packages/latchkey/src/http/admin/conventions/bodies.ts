// Bodies of requests: a body has no member that its schema does not name, and some requests have no body.
import { Type } from 'typebox'

/** For each object of a body or a query, so that a misspelled member is refused instead of ignored. */
export const closed = { additionalProperties: false } as const

/** For a request without a body. An empty object passes too, because some clients send one always. */
export const NoBody = Type.Unsafe<null | Record<string, never>>({
  type: ['object', 'null'],
  additionalProperties: false,
})
