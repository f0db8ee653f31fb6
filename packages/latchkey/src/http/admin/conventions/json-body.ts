// Reads JSON bodies. Refuses a body that is not UTF-8 (RFC 8259 §8.1), that has a member twice, or that has a member
// such as __proto__.
import { isUtf8 } from 'node:buffer'
import { repeatedMember } from '@latchkey/protocol'
import type { AdminServer } from '../admin-server.ts'
import { invalidRequest, type Problem, unusableMember } from '../problems/problem.ts'
import { pointerTo } from './json-pointer.ts'
import { UnreadableBody } from './unreadable-body.ts'

/** Removes the framework's parser for text, so that only JSON bodies are accepted. */
export function addJsonBodies(app: AdminServer): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // The check reads the bytes, because decoding would replace each invalid byte by the same character.
    if (!isUtf8(body)) {
      done(new UnreadableBody(NOT_UTF_8))
      return
    }
    const text = body.toString()
    void parse(request, text, (error, value) => {
      const problem = problemIn(text)
      done(problem === undefined ? error : new UnreadableBody(problem), value)
    })
  })
}

const NOT_UTF_8 = invalidRequest('The body is not UTF-8.')

/**
 * Returns a problem that the framework's parser does not report. Undefined if there is no such problem, or if the text
 * is not JSON, because the parser itself refuses such a text.
 */
function problemIn(text: string): Problem | undefined {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    return undefined
  }
  const poison = poisonIn(whole)
  if (poison !== undefined) return unusableMember(poison, 'is not a member of this request')
  const repeated = repeatedMember(text)
  return repeated === undefined ? undefined : unusableMember(pointerTo(repeated), 'is there twice')
}

/** Returns the pointer to the first member that would change the prototype of an object. */
function poisonIn(whole: unknown): string | undefined {
  const places: [pointer: string, value: unknown][] = [['', whole]]
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const [pointer, value] = place
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      const here = pointer + pointerTo([name])
      if (name === '__proto__' || name === 'constructor') return here
      places.push([here, inner])
    }
  }
  return undefined
}
