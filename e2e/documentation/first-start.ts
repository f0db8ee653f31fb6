// Reads the output of the first start: the commands of each step of the walk, and whether a page quotes it correctly.

const INDENT = '    '

/** Every group of indented lines below a line at the margin: commands, ready to paste. */
export function commandsIn(startMessage: string): readonly string[] {
  const groups: string[][] = []
  for (const line of startMessage.split('\n')) {
    if (/^\S/.test(line)) groups.push([])
    else if (line.startsWith(INDENT)) groups.at(-1)?.push(line.slice(INDENT.length))
  }
  return groups.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
}

const GAP = '…'

/**
 * Returns the first line of an excerpt that `text` lacks at its position. `…` matches any text, and alone any lines.
 */
export function misquotedLine(excerpt: string, text: string): string | undefined {
  const lines = text.split('\n')
  let next = 0
  let isGapBefore = false
  for (const quoted of excerpt.split('\n')) {
    if (quoted === GAP) {
      isGapBefore = true
      continue
    }
    const found = lines.findIndex((line, index) => index >= next && isQuote(quoted, line))
    if (found < 0 || (found > next && !isGapBefore)) return quoted
    next = found + 1
    isGapBefore = false
  }
  return undefined
}

function isQuote(quoted: string, line: string): boolean {
  const [start = '', end] = quoted.split(GAP)
  if (end === undefined) return quoted === line
  return line.length >= start.length + end.length && line.startsWith(start) && line.endsWith(end)
}
