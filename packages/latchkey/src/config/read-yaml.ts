// YAML files, and JSON, which is YAML: no name stands twice in a mapping, and no short file for an endless one.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { isScalar, LineCounter, type ParsedNode, parseDocument, visit } from 'yaml'

const MOST_ALIASES = 100

/** What the file holds, or one sentence without its end that says what is wrong with it and where. It quotes nothing of the file. */
export function readYaml(text: string): Result<unknown, string> {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { uniqueKeys: isSameName, strict: true, lineCounter })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) {
    // The lines below the first quote the file, which may hold a secret that somebody put there by mistake.
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

/** In an object that a mapping becomes, the number 1 and the text "1" are one name. */
const isSameName = (one: ParsedNode, other: ParsedNode): boolean =>
  isScalar(one) && isScalar(other) && String(one.value) === String(other.value)

/** The offset of a name whose text is not in its own place: `uniqueKeys` does not compare it with the others. */
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
