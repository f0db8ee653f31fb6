// A JSON body is UTF-8 (RFC 8259 §8.1) and has no member that reaches for the prototype of an object.
import { isUtf8 } from 'node:buffer'
import type { AdminServer } from './admin-server.ts'
import { invalidRequest, type Problem } from './problem.ts'
import { UnreadableBody } from './unreadable-body.ts'

/** JSON is the one kind of body that is taken. */
export function addJsonBodies(app: AdminServer): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Decoded nevertheless, every byte that is none would be the same replacement character.
    if (!isUtf8(body)) {
      done(new UnreadableBody(NOT_UTF_8))
      return
    }
    const text = body.toString()
    void parse(request, text, (error, value) => {
      const pointer = error === null || text === '' ? undefined : poisonIn(text)
      done(pointer === undefined ? error : new UnreadableBody(poisoned(pointer)), value)
    })
  })
}

const NOT_UTF_8 = invalidRequest('The body is not UTF-8.')

function poisoned(pointer: string): Problem {
  const detail = 'is not a member of this request'
  return invalidRequest(`${pointer} ${detail}.`, { pointer, detail })
}

/** Where in a text the first member is for which the parser refused it; undefined when it is no JSON at all. */
function poisonIn(text: string): string | undefined {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    return undefined
  }
  const places: [pointer: string, value: unknown][] = [['', whole]]
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const [pointer, value] = place
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      // RFC 6901 §3
      const here = `${pointer}/${name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (name === '__proto__' || name === 'constructor') return here
      places.push([here, inner])
    }
  }
  return undefined
}
