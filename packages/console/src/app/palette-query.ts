// Reads what a person typed in the palette: the act on an integration, if it begins with one, and the words to find.

export const PALETTE_ACTS = ['rotate', 'try', 'copy'] as const
export type PaletteAct = (typeof PALETTE_ACTS)[number]

export interface PaletteQuery {
  /** Undefined if the text begins with no act. */
  readonly act: PaletteAct | undefined
  readonly search: string
}

/** `rot billing` is the act `rotate` on what `billing` finds. An act needs three letters, except `try`. */
export function readPaletteQuery(text: string): PaletteQuery {
  const [first = '', ...rest] = text.trim().split(/\s+/)
  const word = first.toLowerCase()
  const act = word.length < 3 ? undefined : PALETTE_ACTS.find((name) => name.startsWith(word))
  if (act === undefined) return { act, search: text.trim() }
  const ofWhat = rest.join(' ').replace(/^(?:secret|client id|id)\b\s*/i, '')
  return { act, search: ofWhat.replace(/^of\b\s*/i, '') }
}
