// Finds a duplicate member of a JSON object. Readers differ in which of two equal names they keep (RFC 8259 §4).

/**
 * Matches a string or one character of syntax. The pattern for strings needs little stack, however long a string is.
 */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/gs

/** An object or an array that contains the current position of the reader. */
interface Level {
  /** The names that the reader has seen in this object. Undefined for an array. */
  readonly names: Set<string> | undefined
  /** The name of the member, or the index of the entry, at the current position. */
  at: string | number
}

/**
 * Finds a member that occurs twice in one object. Readers differ in which of the two they keep (RFC 8259 §4). Returns
 * the path to the first such member, as names and indices. Returns undefined if there is none.
 *
 * @param json a valid JSON text: `JSON.parse` accepts it.
 *
 * @example
 * ```ts
 * import { repeatedMember } from '@latchkey/protocol'
 *
 * console.log(repeatedMember('{"list":[{"a":1,"a":2}]}')) // [ 'list', 0, 'a' ]
 * ```
 */
export function repeatedMember(json: string): readonly (string | number)[] | undefined {
  const levels: Level[] = []
  let lastString = '""'
  for (const [token] of json.matchAll(TOKENS)) {
    const level = levels.at(-1)
    switch (token) {
      case '{':
        levels.push({ names: new Set(), at: '' })
        break
      case '[':
        levels.push({ names: undefined, at: 0 })
        break
      case '}':
      case ']':
        levels.pop()
        break
      case ',':
        if (typeof level?.at === 'number') level.at += 1
        break
      case ':': {
        const name = JSON.parse(lastString) as string
        if (level === undefined) break
        level.at = name
        if (level.names?.has(name) === true) return levels.map(({ at }) => at)
        level.names?.add(name)
        break
      }
      default:
        lastString = token
    }
  }
  return undefined
}
