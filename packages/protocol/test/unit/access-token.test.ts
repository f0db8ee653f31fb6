// Access tokens are read strictly and written in one form.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AccessTokenClaims, accessTokenClaims, accessTokenPayload } from '../../src/access-token-claims.ts'
import { readAccessToken, readAccessTokenClaims } from '../../src/access-token.ts'
import type { Scope } from '../../src/scope.ts'

const CLAIMS = accessTokenClaims({
  issuer: 'https://auth.example.com/oauth2/ausao8uveaPmyhv0v357',
  clientId: 'lkabcdefgh123456',
  scope: 'machinelearning.predict' as Scope,
  audience: 'api://default',
  jti: '5b1ff03e-3f44-4f8d-9f0b-2d3a9a1c7e10',
  generation: 7,
  issuedAt: 1_790_000_000,
  expiresAt: 1_790_003_600,
})
const HEADER = { typ: 'at+jwt', alg: 'RS256', kid: 'key-1' }

const encode = (text: string): string => Buffer.from(text).toString('base64url')
const aToken = (header: string, payload = accessTokenPayload(CLAIMS)): string =>
  `${encode(header)}.${encode(payload)}.${encode('signature')}`
const MALFORMED = { ok: false, refusal: 'malformed' }

test('the claims are those of RFC 9068, with the client as subject and the members of the reference platform', () => {
  expect(JSON.parse(accessTokenPayload(CLAIMS))).toEqual({
    iss: 'https://auth.example.com/oauth2/ausao8uveaPmyhv0v357',
    sub: 'lkabcdefgh123456',
    client_id: 'lkabcdefgh123456',
    aud: 'api://default',
    iat: 1_790_000_000,
    exp: 1_790_003_600,
    jti: '5b1ff03e-3f44-4f8d-9f0b-2d3a9a1c7e10',
    scope: 'machinelearning.predict',
    gen: 7,
    cid: 'lkabcdefgh123456',
    scp: ['machinelearning.predict'],
    ver: 1,
  })
})

test('the payload is always spelled in the same order', () => {
  const shuffled = Object.fromEntries(Object.entries(CLAIMS).toReversed()) as unknown as AccessTokenClaims
  expect(accessTokenPayload(shuffled)).toBe(accessTokenPayload(CLAIMS))
})

test('claims with any values are read back as they were written', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 })
  const count = fc.maxSafeNat()
  const scope = fc.stringMatching(/^[!#-[\]-~]{1,100}$/).map((word) => word as Scope)
  fc.assert(
    fc.property(text, text, text, scope, fc.uuid(), count, count, count, (...drawn) => {
      const [issuer, clientId, audience, word, jti, generation, issuedAt, expiresAt] = drawn
      const claims = accessTokenClaims({
        issuer,
        clientId,
        scope: word,
        audience,
        jti,
        generation,
        issuedAt,
        expiresAt,
      })
      expect(readAccessTokenClaims(Buffer.from(accessTokenPayload(claims)))).toEqual({ ok: true, value: claims })
    }),
  )
})

test('claims that this version does not know are left out, even if they are deeply nested', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (unknown) => {
      const payload = JSON.stringify({ ...unknown, ...CLAIMS })
      expect(readAccessTokenClaims(Buffer.from(payload))).toEqual({ ok: true, value: CLAIMS })
    }),
  )
})

test('a claim that occurs twice is refused, at any two positions', () => {
  const names = fc.constantFrom(...Object.keys(CLAIMS))
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), names, fc.jsonValue(), (unknown, name, value) => {
      const rest = JSON.stringify({ ...unknown, ...CLAIMS }).slice(1)
      expect(readAccessTokenClaims(Buffer.from(`{${JSON.stringify(name)}:${JSON.stringify(value)},${rest}`))).toEqual(
        MALFORMED,
      )
    }),
  )
})

test('a member __proto__ in header or claims has no effect', () => {
  const polluted = `{"__proto__":{"admin":true},${accessTokenPayload(CLAIMS).slice(1)}`
  expect(readAccessTokenClaims(Buffer.from(polluted))).toEqual({ ok: true, value: CLAIMS })
  expect(readAccessTokenClaims(Buffer.from(`{"__proto__":${accessTokenPayload(CLAIMS)}}`))).toEqual(MALFORMED)
  expect(readAccessToken(aToken(`{"__proto__":${JSON.stringify(HEADER)}}`))).toEqual(MALFORMED)
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
})

test('a well-formed token is split without checking its signature', () => {
  const token = aToken(JSON.stringify(HEADER))
  const [header, payload] = token.split('.')
  expect(readAccessToken(token)).toEqual({
    ok: true,
    value: {
      kid: 'key-1',
      alg: 'RS256',
      signingInput: Buffer.from(`${String(header)}.${String(payload)}`),
      signature: Buffer.from('signature'),
      payload: Buffer.from(accessTokenPayload(CLAIMS)),
    },
  })
})

describe('the type of the token', () => {
  test.each(['at+jwt', 'AT+JWT', 'at+JWT', 'application/at+jwt', 'Application/AT+jwt'])('%s is accepted', (typ) => {
    expect(readAccessToken(aToken(JSON.stringify({ ...HEADER, typ })))).toMatchObject({ ok: true })
  })

  test.each([
    'JWT',
    'jwt',
    'at+jwt ',
    '',
    'text/at+jwt',
    'application/application/at+jwt',
    null,
    ['at+jwt'],
    undefined,
  ])('%j is refused', (typ) => {
    expect(readAccessToken(aToken(JSON.stringify({ ...HEADER, typ })))).toEqual(MALFORMED)
  })
})

test.each(['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c'])('a header with %s is refused, even when it is null', (name) => {
  expect(readAccessToken(aToken(JSON.stringify({ ...HEADER, [name]: null })))).toEqual(MALFORMED)
})

test('a header parameter that occurs twice is refused', () => {
  const repeated = `{"alg":"none",${JSON.stringify(HEADER).slice(1)}`
  expect(readAccessToken(aToken(repeated))).toEqual(MALFORMED)
})

test('a token of 4096 characters is read, and a token of 4097 characters is refused', () => {
  // The length of the kid is chosen so that the signature is valid base64url both at 4096 and at 4097 characters. The
  // two tokens then differ only in their length.
  const heads = ['k', 'kk', 'kkk', 'kkkk'].map((kid) =>
    aToken(JSON.stringify({ ...HEADER, kid })).replace(/[^.]+$/, ''),
  )
  const head = heads.find((text) => (4096 - text.length) % 4 === 2) ?? ''
  expect(readAccessToken(head + 'A'.repeat(4096 - head.length))).toMatchObject({ ok: true })
  expect(readAccessToken(head + 'A'.repeat(4097 - head.length))).toEqual(MALFORMED)
})

test('the cached header of one token is not used for another header', () => {
  const read = (header: object) => readAccessToken(aToken(JSON.stringify({ ...HEADER, ...header })))
  expect(read({ kid: 'key-1' })).toMatchObject({ value: { kid: 'key-1', alg: 'RS256' } })
  expect(read({ kid: 'key-2', alg: 'ES256' })).toMatchObject({ value: { kid: 'key-2', alg: 'ES256' } })
  expect(read({ typ: 'JWT' })).toEqual(MALFORMED)
  expect(read({ kid: 'key-1' })).toMatchObject({ value: { kid: 'key-1', alg: 'RS256' } })
})

test('claims that are spelled with white space or escapes are read like others, and refused if one occurs twice', () => {
  const spaced = JSON.stringify(CLAIMS, undefined, 1)
  expect(readAccessTokenClaims(Buffer.from(spaced))).toEqual({ ok: true, value: CLAIMS })
  const twice = spaced.replace('"ver": 1', '"ver": 2,\n "ver": 1')
  expect(readAccessTokenClaims(Buffer.from(twice))).toEqual(MALFORMED)
})

test('any text gives a result and no exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      expect(readAccessToken(text)).toEqual(MALFORMED)
    }),
  )
})

test('any three segments of base64url give a result and no exception', () => {
  const segment = fc
    .oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
    )
    .map((bytes) => Buffer.from(bytes).toString('base64url'))
  fc.assert(
    fc.property(segment, segment, segment, (header, payload, signature) => {
      expect(readAccessToken(`${header}.${payload}.${signature}`)).toEqual(MALFORMED)
      expect(readAccessTokenClaims(Buffer.from(payload, 'base64url'))).toEqual(MALFORMED)
    }),
  )
})

test('nesting to depth 2000 is refused without a crash', () => {
  const deep = '['.repeat(2000)
  expect(readAccessTokenClaims(Buffer.from(deep))).toEqual(MALFORMED)
  expect(readAccessTokenClaims(Buffer.from(deep + ']'.repeat(2000)))).toEqual(MALFORMED)
})

test('a token has only one accepted spelling: stray bits, padding and the other base64 alphabet are refused', () => {
  const token = aToken(JSON.stringify(HEADER), accessTokenPayload(CLAIMS))
  // The text 'signature' decodes to whole bytes, so no bits are left over. Ten characters leave four bits in the last
  // character.
  const head = token.slice(0, token.lastIndexOf('.') + 1)
  const signature = encode('signatures')
  expect(readAccessToken(head + signature)).toMatchObject({ ok: true })
  for (const other of [`${signature.slice(0, -1)}x`, `${signature}==`, `+/${signature.slice(2)}`, `${signature}AAA`]) {
    expect(readAccessToken(head + other)).toEqual(MALFORMED)
  }
  expect(readAccessToken(`${encode(JSON.stringify(HEADER))}.${signature.slice(0, -1)}x.${signature}`)).toEqual(
    MALFORMED,
  )
})

test('a character beyond ASCII is refused, even if one of its bytes would fit into a valid token', () => {
  const token = aToken(JSON.stringify(HEADER))
  for (const at of [0, 30, token.indexOf('.') + 1, token.length - 1]) {
    for (const shift of [0x80, 0x100, 0x400]) {
      const other = String.fromCharCode(token.charCodeAt(at) + shift)
      expect(readAccessToken(token.slice(0, at) + other + token.slice(at + 1))).toEqual(MALFORMED)
    }
  }
})
