// The server accepts no assertion twice, whatever the order of the uses and however the clock is set.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CLOCK_TOLERANCE } from '../../../src/domain/assertion-times.ts'
import { EMPTY_WINDOW, MOST_ENTRIES, recordUse, type ReplayWindow } from '../../../src/domain/replay-window.ts'

const NOW = 1_800_000_000
const hashOf = (jti: number): string => String.fromCodePoint(jti % 256, (jti >> 8) % 256).padEnd(8, '\0')
const use = (jti: number, exp: number) => ({ hash: hashOf(jti), exp })

/** The recorded entries of a replay window. */
const entriesOf = ({ entries }: ReplayWindow) =>
  Array.from({ length: entries.length / 12 }, (_, index) => {
    const entry = Buffer.from(entries).subarray(index * 12, index * 12 + 12)
    return { hash: entry.toString('latin1', 0, 8), exp: entry.readUInt32BE(8) }
  })

/** Records uses that are all accepted. */
function windowOf(uses: readonly { readonly hash: string; readonly exp: number }[]): ReplayWindow {
  return uses.reduce((window, one) => {
    const recorded = recordUse(window, one, NOW)
    if (!recorded.ok) throw new Error(recorded.refusal)
    return recorded.value
  }, EMPTY_WINDOW)
}

describe('a replay window', () => {
  test('refuses a used assertion, even if its exp was changed', () => {
    const window = windowOf([use(1, NOW + 60)])
    expect(recordUse(window, use(1, NOW + 60), NOW)).toEqual({ ok: false, refusal: 'replayed' })
    expect(recordUse(window, use(1, NOW + 61), NOW)).toEqual({ ok: false, refusal: 'replayed' })
    expect(recordUse(window, use(2, NOW + 60), NOW)).toMatchObject({ ok: true, value: { version: 2 } })
  })

  test('drops an entry once every server refuses its exp as past, and still refuses the assertion after the clock was set back', () => {
    const used = use(1, NOW + 60)
    const after = recordUse(windowOf([used]), use(2, NOW + 200), NOW + 61 + CLOCK_TOLERANCE)
    if (!after.ok) throw new Error(after.refusal)
    expect(after.value.watermark).toBe(NOW + 60)
    expect(entriesOf(after.value)).toEqual([use(2, NOW + 200)])
    expect(recordUse(after.value, used, NOW)).toEqual({ ok: false, refusal: 'crowded' })
  })

  test('that is full of later assertions refuses an earlier assertion, and drops its earliest entry for a later assertion', () => {
    const full = windowOf(Array.from({ length: MOST_ENTRIES }, (_, jti) => use(jti, NOW + 60)))
    expect(recordUse(full, use(300, NOW + 60), NOW)).toEqual({ ok: false, refusal: 'crowded' })
    const later = recordUse(full, use(300, NOW + 61), NOW)
    if (!later.ok) throw new Error(later.refusal)
    const kept = [...Array.from({ length: MOST_ENTRIES - 1 }, (_, jti) => use(jti + 1, NOW + 60)), use(300, NOW + 61)]
    expect(entriesOf(later.value)).toEqual(kept)
    expect(later.value.watermark).toBe(NOW + 60)
    // The dropped assertion stays refused.
    expect(recordUse(later.value, use(0, NOW + 60), NOW)).toEqual({ ok: false, refusal: 'crowded' })
  })

  test('has 12 bytes for each entry, in the order of their use', () => {
    const uses = [use(1, NOW + 60), use(513, NOW + 61)]
    const window = windowOf(uses)
    expect(window.entries).toHaveLength(24)
    expect(entriesOf(window)).toEqual(uses)
  })

  test('accepts no assertion twice, for any uses and any steps of the clock', () => {
    const step = fc.record({
      jti: fc.nat(600),
      lifetime: fc.integer({ min: -40, max: 120 }),
      clock: fc.oneof(
        { weight: 5, arbitrary: fc.nat(3) },
        { weight: 1, arbitrary: fc.integer({ min: -4000, max: 4000 }) },
      ),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 900, size: 'max' }), (steps) => {
        let [window, now] = [EMPTY_WINDOW, NOW]
        const accepted = new Map<number, number>()
        for (const { jti, lifetime, clock } of steps) {
          now += clock
          // The exp of a signed assertion never changes.
          const exp = accepted.get(jti) ?? now + lifetime
          if (exp + CLOCK_TOLERANCE <= now) continue
          const recorded = recordUse(window, use(jti, exp), now)
          if (!recorded.ok) continue
          expect(accepted.has(jti)).toBe(false)
          expect(recorded.value.entries.length).toBeLessThanOrEqual(MOST_ENTRIES * 12)
          accepted.set(jti, exp)
          window = recorded.value
        }
      }),
      { numRuns: 60 },
    )
  })
})
