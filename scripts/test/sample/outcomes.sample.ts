// One test for each outcome.
import { describe, expect, test } from 'vitest'

describe('a group', () => {
  test('passes', () => {
    console.info('a measurement')
  })
  test('fails', () => expect('this value').toBe('another value'))
  test.skip('is skipped', () => undefined)
})
