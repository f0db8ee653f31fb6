// Both readers of claims get the same bytes. The fast reader returns the same result as the other reader, or undefined.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AccessTokenClaims, accessTokenClaims, accessTokenPayload } from '../../src/access-token-claims.ts'
import { readAnyForm, readWrittenForm } from '../../src/claims-readers.ts'
import type { Scope } from '../../src/scope.ts'

const SEED = 20_261_201
const RUNS = 20_000

const plain = fc.stringMatching(/^[ !#-[\]-~]{1,40}$/)
const count = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 10 ** 15 - 1, 10 ** 15, Number.MAX_SAFE_INTEGER))
const claims = fc
  .record({
    issuer: plain,
    clientId: plain,
    audience: plain,
    scope: fc.stringMatching(/^[!#-[\]-~]{1,40}$/).map((word) => word as Scope),
    jti: fc.uuid(),
    generation: count,
    issuedAt: count,
    expiresAt: count,
  })
  .map(accessTokenClaims)

/** Texts to put between the values, and texts that a faulty reader may mistake for a value. */
const PIECES = [
  '"',
  '\\',
  '\\"',
  '\\u0061',
  '\\/',
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  ' ',
  '\n',
  '\t',
  '\0',
  '\x1f',
  '\x7f',
  'é',
  '\u{1f600}',
  '0',
  '00',
  '-0',
  '-1',
  '1e3',
  '1.0',
  '9007199254740992',
  '99999999999999999999',
  'null',
  'true',
  '"ver":1',
  '"ver":2',
  '"iss":"x"',
  ',"sub":"x"',
  '"scp":[]',
  ',"jti":"5b1ff03e-3f44-4f8d-9f0b-2d3a9a1c7e10"',
  '"__proto__":{}',
  '\ufeff',
  'A',
]
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 }))

/** Overwrites bytes of a text: each entry of the list is a position and a piece. */
const edits = fc.array(fc.tuple(fc.nat(4000), fc.nat(4), piece), { maxLength: 3 })
const edited = fc.tuple(claims, edits).map(([value, changes]) => {
  let text = accessTokenPayload(value)
  for (const [where, taken, put] of changes) {
    const at = where % (text.length + 1)
    text = text.slice(0, at) + put + text.slice(at + taken)
  }
  return Buffer.from(text)
})

const WRONG = [
  '',
  ' ',
  '"',
  'é',
  0,
  -1,
  1.5,
  2 ** 53,
  '1',
  null,
  [],
  ['a'],
  ['a', 'a'],
  {},
  true,
  'a b',
  'x'.repeat(129),
]
/** The claims in the usual order, with another value for one member. */
const replaced = fc
  .tuple(
    claims,
    fc.constantFrom<keyof AccessTokenClaims>(
      'iss',
      'sub',
      'client_id',
      'aud',
      'iat',
      'exp',
      'jti',
      'scope',
      'gen',
      'cid',
      'scp',
      'ver',
    ),
    fc.constantFrom(...WRONG),
  )
  .map(([value, name, wrong]) => Buffer.from(JSON.stringify({ ...value, [name]: wrong })))

/** A payload with bytes that are not UTF-8, or not ASCII, somewhere in the text. */
const bitten = fc
  .tuple(claims, fc.nat(4000), fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.nat(255)))
  .map(([value, where, byte]) => {
    const bytes = Buffer.from(accessTokenPayload(value))
    bytes[where % bytes.length] = byte
    return bytes
  })

test.each([
  ['as it is written here, or edited by hand', edited],
  ['with a wrong value for one claim', replaced],
  ['with a wrong byte', bitten],
])('both readers agree on a payload %s', (_what, payloads) => {
  let fast = 0
  fc.assert(
    fc.property(payloads, (payload) => {
      const written = readWrittenForm(payload)
      if (written === undefined) return
      fast += 1
      expect(readAnyForm(payload)).toEqual({ ok: true, value: written })
    }),
    { seed: SEED, numRuns: RUNS },
  )
  expect(fast).toBeGreaterThan(100)
})

test('claims in printable ASCII are read by the fast reader', () => {
  fc.assert(
    fc.property(claims, (value) => {
      const numbers = [value.iat, value.exp, value.gen]
      const written = readWrittenForm(Buffer.from(accessTokenPayload(value)))
      expect(written).toEqual(numbers.every((number) => number < 10 ** 15) ? value : undefined)
    }),
    { seed: SEED, numRuns: 2000 },
  )
})

test('a token is read correctly after a token with another issuer, audience or scope', () => {
  const read = (over: Partial<Parameters<typeof accessTokenClaims>[0]>) => {
    const facts = { issuer: 'https://a.example', clientId: 'lkone', audience: 'api://default', scope: 'one' as Scope }
    const times = { jti: '5b1ff03e-3f44-4f8d-9f0b-2d3a9a1c7e10', generation: 1, issuedAt: 2, expiresAt: 3 }
    const value = accessTokenClaims({ ...facts, ...times, ...over })
    return { read: readWrittenForm(Buffer.from(accessTokenPayload(value))), value }
  }
  for (const over of [{}, { issuer: 'lkone' }, { audience: 'api://other' }, { scope: 'two' as Scope }, {}]) {
    const { read: claimsRead, value } = read(over)
    expect(claimsRead).toEqual(value)
  }
})
