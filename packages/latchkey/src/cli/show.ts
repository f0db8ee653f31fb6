// Prints results: names and values, a sentence about what was done, or one JSON document with --json.
import { aligned, jsonText, printable, type Terminal } from './terminal.ts'

export interface Shown {
  readonly json?: true
}

/** Prints the one document of --json. */
export const showJson = (terminal: Terminal, document: unknown): void => {
  terminal.data(jsonText(document, 2))
}

/** Prints one name and one value on each line. */
export function showFacts(terminal: Terminal, facts: readonly (readonly [string, string])[]): void {
  const lines = terminal.isScreen ? aligned(facts) : facts.map((cells) => cells.map(printable).join('\t'))
  for (const line of lines) terminal.data(line)
}

/** Prints what the command did: a sentence on standard error, or the JSON document. */
export function showDone(
  terminal: Terminal,
  { json }: Shown,
  { document, said }: { readonly document: unknown; readonly said: string },
): void {
  if (json === true) showJson(terminal, document)
  else terminal.remark(said)
}

export const quoted = (name: string): string => `"${printable(name)}"`

/** Returns the text, or a dash if the text is missing. */
export const orDash = (text: string | null | undefined): string =>
  text === null || text === undefined || text === '' ? '-' : text
