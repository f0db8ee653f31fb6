// A pasted token: its claims and their meaning, and the effect of a request on the live token.
import { describe, expect, test } from 'vitest'
import { claimMeaning } from '../../src/components/claim-meaning.ts'
import { decodeToken } from '../../src/components/decode-token.ts'
import { requesterName } from '../../src/pages/detail/requester-name.ts'
import { requestEffect } from '../../src/pages/detail/request-effect.ts'
import { arrivedSlot, generationsOf } from '../../src/pages/set-up/arrived-slot.ts'
import { tryText } from '../../src/strings/try.ts'
import { aCountedSlot, aToken, at, NOON } from './a-slot.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (header: unknown, claims: unknown) => `${part(header)}.${part(claims)}.signature`

describe('a token', () => {
  test('is decoded after the word bearer and between spaces, with claims in any language', () => {
    const text = token({ alg: 'ES256' }, { scope: 'größe', gen: 7 })
    const decoded = { header: { alg: 'ES256' }, claims: { scope: 'größe', gen: 7 } }
    expect(decodeToken(text)).toEqual(decoded)
    expect(decodeToken(`  bearer ${text}\n`)).toEqual(decoded)
  })

  test.each([
    ['nothing', ''],
    ['two parts', 'a.b'],
    ['four parts', `${token({}, {})}.d`],
    ['no base64', 'é.é.é'],
    ['no JSON', `${Buffer.from('{').toString('base64url')}.${part({})}.c`],
    ['an array', token({}, [])],
    ['null', token(null, {})],
    ['no UTF-8', `${part({})}.${Buffer.from([0x22, 0xff, 0x22]).toString('base64url')}.c`],
  ])('is not found in a text that contains no token: %s', (_what, text) => {
    expect(decodeToken(text)).toBeUndefined()
  })
})

test('the times of a token are shown in words, if they are valid times', () => {
  expect(claimMeaning('exp', NOON / 1000)).toContain('2026-01-31 12:00:00 UTC')
  expect(claimMeaning('exp', 1e300)).toBe(claimMeaning('exp', 'soon'))
  expect(claimMeaning('unknown', 1)).toBe('')
  expect(claimMeaning('constructor', 1)).toBe('')
})

describe('a request', () => {
  const requester = {
    address: '192.0.2.7',
    user_agent: 'billing/1.4',
    credential_id: 'sec_1',
    method: 'client_secret' as const,
    secret_id: 'sec_1',
    subject: null,
  }
  const issued = { ...aToken(7, 600), requests: 1, requesters: [requester], handed_to: [] }
  const slot = { ...aCountedSlot({ live: aToken(7, 600) }), history: [issued] }
  const active = { status: 'active', issue_mode: { kind: 'replace' } } as const

  test('ends the live token: the page shows its requester and its remaining time', () => {
    const effect = requestEffect(active, slot, NOON)
    expect(effect?.title).toBe(tryText.replaces('7'))
    expect(effect?.ends).toBe(tryText.replaced('10 min ago', '192.0.2.7 (billing/1.4)', '50:00'))
  })

  test('ends nothing if no token is live, and returns the live token in stable mode', () => {
    expect(requestEffect(active, slot, NOON + 3_000_000)).toEqual({ title: tryText.replacesNothing })
    const stable = { status: 'active', issue_mode: { kind: 'stable', renew_before_seconds: 300 } } as const
    expect(requestEffect(stable, slot, NOON)).toEqual({ title: tryText.returns('50:00') })
  })

  test('is refused for a disabled integration, and has no shown effect before the live token is known', () => {
    const disabled = { status: 'disabled', issue_mode: { kind: 'replace' } } as const
    expect(requestEffect(disabled, undefined, NOON)).toEqual({ title: tryText.disabled })
    expect(requestEffect(active, undefined, NOON)).toBeUndefined()
  })
})

test('a caller without a program name is shown by its network address', () => {
  expect(requesterName({ address: '::1', user_agent: '' })).toBe('::1')
})

describe('the token that the first run waits for', () => {
  const before = generationsOf([aCountedSlot({ scope: 'a', generation: 3 })])

  test('is newer than the tokens at the time when the page began to watch', () => {
    expect(arrivedSlot([aCountedSlot({ scope: 'a', generation: 3 })], before)).toBeUndefined()
    expect(arrivedSlot([aCountedSlot({ scope: 'a', generation: 4 })], before)?.scope).toBe('a')
    expect(arrivedSlot([aCountedSlot({ scope: 'b', generation: 1 })], before)?.scope).toBe('b')
  })

  test('is not a token that has already ended', () => {
    const over = { generation: 3, jti: 'x', accepted_until: at(NOON) }
    expect(
      arrivedSlot([aCountedSlot({ scope: 'a', generation: 4, live: null, in_grace: over })], before),
    ).toBeUndefined()
  })
})
