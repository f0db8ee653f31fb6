// Reads the text in the palette: the act on an integration, if the text begins with one, and the words to search for.

export const PALETTE_ACTS = ['rotate', 'try', 'copy'] as const
export type PaletteAct = (typeof PALETTE_ACTS)[number]

export interface PaletteQuery {
  /** Undefined if the text begins with no act. */
  readonly act: PaletteAct | undefined
  readonly search: string
}

/**
 * `rot billing` means the act `rotate` on the integrations that `billing` finds. An act can be shortened to three
 * letters.
 */
export function readPaletteQuery(text: string): PaletteQuery {
  const [first = '', ...rest] = text.trim().split(/\s+/)
  const word = first.toLowerCase()
  const act = word.length < 3 ? undefined : PALETTE_ACTS.find((name) => name.startsWith(word))
  if (act === undefined) return { act, search: text.trim() }
  const ofWhat = rest.join(' ').replace(/^(?:secret|client id|id)\b\s*/i, '')
  return { act, search: ofWhat.replace(/^of\b\s*/i, '') }
}
