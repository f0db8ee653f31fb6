// Parses address ranges, for tests.
import { type AddressRange, parseAddressRange } from '../src/domain/address-ranges.ts'

export const addressRanges = (...texts: readonly string[]): readonly AddressRange[] =>
  texts.map((text) => {
    const range = parseAddressRange(text)
    if (!range.ok) throw new Error(`${text}: ${range.refusal}`)
    return range.value
  })
