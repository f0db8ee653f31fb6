// What a person types in the palette: an action on an integration, or words to find.
import { expect, test } from 'vitest'
import { readPaletteQuery } from '../../src/app/palette-query.ts'

test.each([
  ['billing sync', undefined, 'billing sync'],
  ['rotate billing', 'rotate', 'billing'],
  ['Rotate secret of Billing sync', 'rotate', 'Billing sync'],
  ['rot', 'rotate', ''],
  ['copy client ID of Demo', 'copy', 'Demo'],
  ['try demo', 'try', 'demo'],
  ['ro', undefined, 'ro'],
  ['rotation report', undefined, 'rotation report'],
  ['  ', undefined, ''],
])('"%s" is the action %s on the integrations that "%s" finds', (text, act, search) => {
  expect(readPaletteQuery(text)).toEqual({ act, search })
})
