// Reads YAML, of which JSON is a subset. Refuses a name that occurs twice in a mapping, and a file whose aliases expand
// to too many values.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { isScalar, LineCounter, type ParsedNode, parseDocument, visit } from 'yaml'

const MOST_ALIASES = 100

/**
 * Returns the content of the file. Refuses with a sentence (without a full stop) that says what is wrong and where. The
 * sentence quotes no part of the file.
 */
export function readYaml(text: string): Result<unknown, string> {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { uniqueKeys: isSameName, strict: true, lineCounter })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) {
    // Only the first line of the message is used. The later lines quote the file, which may contain a secret by
    // mistake.
    const [what = ''] = fault.message.split('\n')
    return refuse(what.replace(/:$/, ''))
  }
  const place = unreadableName(document)
  if (place !== undefined) {
    const { line, col } = lineCounter.linePos(place)
    return refuse(`A name must be a text, not an alias or a collection at line ${String(line)}, column ${String(col)}`)
  }
  try {
    return accept(document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown)
  } catch (cause) {
    if (cause instanceof ReferenceError) return refuse(`There are more than ${String(MOST_ALIASES)} values by alias`)
    throw cause
  }
}

/**
 * Compares names by their text: a mapping becomes an object, in which the number 1 and the text "1" are the same name.
 */
const isSameName = (one: ParsedNode, other: ParsedNode): boolean =>
  isScalar(one) && isScalar(other) && String(one.value) === String(other.value)

/**
 * Returns the offset of the first name that is an alias or a collection, because `uniqueKeys` cannot compare such
 * names. Undefined if all names are texts.
 */
function unreadableName(document: ReturnType<typeof parseDocument>): number | undefined {
  let place: number | undefined
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key)) return undefined
      place = (key as ParsedNode | null)?.range[0] ?? 0
      return visit.BREAK
    },
  })
  return place
}
