// Each reason of a refusal has a phrase. Each kind of refusal has a colour, and people with any kind of colour vision
// can tell the colours apart.
import { BASIC_PROBLEMS, REASONS } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { DARK_REFUSALS, LIGHT_REFUSALS, refusalVariables } from '../../src/components/refusal-colours.ts'
import { kindOf, phraseOf, REFUSAL_KINDS } from '../../src/strings/refusal-reasons.ts'

// The type of the table checks that it has every reason of the server.
test.each([...REASONS, ...BASIC_PROBLEMS])('the reason %s is shown in plain words', (reason) => {
  expect(kindOf(reason)).not.toBe('other')
  expect(phraseOf(reason)).not.toContain('_')
})

test('a refusal reason that only a newer server knows is shown by its name', () => {
  expect([kindOf('moon_too_full'), phraseOf('moon_too_full')]).toEqual(['other', 'moon too full'])
})

type Rgb = readonly [red: number, green: number, blue: number]

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

const rgbOf = (hex: string): Rgb => {
  const at = (index: number) => linear(Number.parseInt(hex.slice(index, index + 2), 16) / 255)
  return [at(1), at(3), at(5)]
}

// Machado, Oliveira and Fernandes 2009: how people without one kind of cone see a colour.
const VISION: Readonly<Record<string, readonly number[]>> = {
  'normal vision': [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
}

const seen = (matrix: readonly number[], colour: Rgb): Rgb => {
  const row = (at: number) =>
    Math.min(
      1,
      Math.max(
        0,
        colour.reduce((sum, value, index) => sum + (matrix[at + index] ?? 0) * value, 0),
      ),
    )
  return [row(0), row(3), row(6)]
}

/** OKLab is a colour space in which equal distances look equally large. */
const okLab = ([r, g, b]: Rgb): Rgb => {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

const distance = (one: Rgb, other: Rgb): number => Math.hypot(...one.map((value, index) => value - (other[index] ?? 0)))

const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

const contrast = (one: string, other: string): number => {
  const [a, b] = [luminance(rgbOf(one)), luminance(rgbOf(other))]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

const SCHEMES = [
  ['light', LIGHT_REFUSALS, '#ffffff'],
  ['dark', DARK_REFUSALS, '#181c1d'],
] as const

test.each(SCHEMES)('each kind of refusal has a colour with 3:1 on a card in the %s scheme', (_, colours, card) => {
  expect(Object.keys(colours)).toEqual(Object.keys(REFUSAL_KINDS))
  expect(Object.keys(refusalVariables(colours))).toHaveLength(Object.keys(REFUSAL_KINDS).length)
  for (const colour of Object.values(colours)) expect(contrast(colour, card)).toBeGreaterThanOrEqual(3)
})

test.each(SCHEMES.flatMap(([name, colours]) => Object.keys(VISION).map((vision) => [name, vision, colours] as const)))(
  'all colours of the refusals in the %s scheme differ for people with %s',
  (_, vision, colours) => {
    const looks = Object.values(colours).map((colour) => okLab(seen(VISION[vision] ?? [], rgbOf(colour))))
    const distances = looks.flatMap((one, index) => looks.slice(index + 1).map((other) => distance(one, other)))
    // A distance of 0.02 in OKLab is just noticeable.
    expect(Math.min(...distances)).toBeGreaterThan(0.1)
  },
)
