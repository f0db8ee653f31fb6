// Reads the output of the first start: extracts the commands of each step, and checks that a page quotes the output
// correctly.

const INDENT = '    '

/** Returns every group of indented lines that follows an unindented line. These are the commands to paste. */
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
 * Returns the first line of `excerpt` that does not match `text`, or undefined if all match. `…` in a line matches any
 * text. A line with `…` alone matches any number of lines.
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
