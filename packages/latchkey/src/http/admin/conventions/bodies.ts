// Request bodies: no body has a member that its schema does not name, and some requests have no body.
import { Type } from 'typebox'

/** For every object of a body or a query, so that a misspelled member is refused and not ignored. */
export const closed = { additionalProperties: false } as const

/** For a request without a body. Also accepts an empty object, because some clients always send one. */
export const NoBody = Type.Unsafe<null | Record<string, never>>({
  type: ['object', 'null'],
  additionalProperties: false,
})
