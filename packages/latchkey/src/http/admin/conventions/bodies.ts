// Rules for request bodies: a body must not have a member that its schema does not name, and some requests have no
// body.
import { Type } from 'typebox'

/** The options of every object in a body or a query. A misspelled member is refused, not ignored. */
export const closed = { additionalProperties: false } as const

/** The schema of a request without a body. It also accepts an empty object, because some clients always send one. */
export const NoBody = Type.Unsafe<null | Record<string, never>>({
  type: ['object', 'null'],
  additionalProperties: false,
})
