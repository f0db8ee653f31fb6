// The pages of lists: their size, the cursor of the next page, and the Link header (RFC 8288) for it.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { closed } from './bodies.ts'
import { type Problem, unusableParameter } from '../problems/problem.ts'

const DEFAULT_LIMIT = 50
const LARGEST_LIMIT = 200

/** The limit is a text here, because the schema converts no types. */
export const pageQuery = {
  limit: Type.Optional(
    Type.String({ description: `1 to ${String(LARGEST_LIMIT)}. Default: ${String(DEFAULT_LIMIT)}` }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 1024, description: 'The next_cursor of the previous page' })),
}

/** The query of a list whose only parameters are `limit` and `cursor`. */
export const PageQuery = Type.Object(pageQuery, closed)

/** The document of a list that always fits in one answer. */
export const listOf = <Item extends TSchema>(item: Item) => Type.Object({ items: Type.Array(item) })

export const pageOf = <Item extends ReturnType<typeof Type.Object>>(item: Item) => ({
  items: Type.Array(item),
  next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null on the last page' }),
})

export function readLimit(text: string | undefined): Result<number, Problem> {
  if (text === undefined) return accept(DEFAULT_LIMIT)
  const limit = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : undefined
  return limit !== undefined && limit <= LARGEST_LIMIT ? accept(limit) : refuse(LIMIT_UNUSABLE)
}

/**
 * Encodes the position at which the next page starts, with the name of the list. Callers must not interpret the text.
 */
export const cursorTo = (list: string, ...place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify([list, ...place])).toString('base64url')

/** Decodes a cursor that `cursorTo` made. Undefined for the first page. Refuses the cursor of another list. */
export function readCursor(
  list: string,
  kinds: readonly ('string' | 'number')[],
  text: string | undefined,
): Result<readonly (string | number)[] | undefined, Problem> {
  if (text === undefined) return accept(undefined)
  const [name, ...place] = parsed(text)
  const fits = name === list && place.length === kinds.length && place.every((part, i) => typeof part === kinds[i])
  return fits ? accept(place as (string | number)[]) : refuse(CURSOR_UNUSABLE)
}

/** Sets the Link header with `rel="next"`. Its URL is the same request with the next cursor. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, cursor: string | undefined): void {
  if (cursor === undefined) return
  const [path = '', query = ''] = request.url.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', cursor)
  void reply.header('link', `<${path}?${parameters.toString()}>; rel="next"`)
}

function parsed(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

const LIMIT_UNUSABLE = unusableParameter('limit', `must be a whole number from 1 to ${String(LARGEST_LIMIT)}`)
const CURSOR_UNUSABLE = unusableParameter('cursor', 'must be the next_cursor of a page of this list in this order')
