// The form of client assertions: which assertions are accepted, and which part of a refused assertion the error names.
import { describe, expect, test } from 'vitest'
import { readClientAssertion } from '../../src/client-assertion.ts'

const HEADER = { alg: 'ES256', kid: 'one', typ: 'client-authentication+jwt' }
const CLIENT = 'lk0123456789abcd'
const CLAIMS = {
  iss: CLIENT,
  sub: CLIENT,
  aud: 'https://auth.example.com',
  jti: 'j1',
  exp: 1_800_000_060,
  iat: 1_800_000_000,
}

const segment = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const assertion = (header: unknown = HEADER, claims: unknown = CLAIMS): string =>
  `${segment(header)}.${segment(claims)}.${segment('signature')}`
const refusalOf = (text: string): string | undefined => {
  const read = readClientAssertion(text)
  return read.ok ? undefined : read.refusal
}

test('a well-formed assertion is read, with the text that its signature covers', () => {
  const text = assertion()
  const read = readClientAssertion(text)
  if (!read.ok) throw new Error(read.refusal)
  const { signingInput, signature, ...rest } = read.value
  expect(rest).toEqual({
    ...{ kind: 'own', alg: 'ES256', kid: 'one', clientId: CLIENT, audience: CLAIMS.aud, jti: 'j1' },
    ...{ expiresAt: CLAIMS.exp, issuedAt: CLAIMS.iat, notBefore: undefined },
  })
  expect(Buffer.from(signingInput).toString()).toBe(text.slice(0, text.lastIndexOf('.')))
  expect(Buffer.from(signature).toString()).toBe('signature')
})

test.each(['JWT', 'jwt', 'application/jwt', 'application/Client-Authentication+JWT', undefined])(
  'the type %s is accepted',
  (typ) => {
    expect(refusalOf(assertion({ ...HEADER, typ }))).toBeUndefined()
  },
)

test('Ed25519 is the same as EdDSA', () => {
  expect(readClientAssertion(assertion({ ...HEADER, alg: 'Ed25519' }))).toMatchObject({ value: { alg: 'EdDSA' } })
})

describe('an assertion is refused', () => {
  const whole = assertion()
  test.each([
    ['two segments', whole.slice(0, whole.lastIndexOf('.'))],
    ['four segments', `${whole}.${segment('more')}`],
    ['five segments', `${whole}.a.b`],
    ['white space', ` ${whole}`],
    ['padding', `${segment(HEADER)}=.${segment(CLAIMS)}.${segment('signature')}`],
    ['the alphabet of base64', `${whole}+/`],
    ['stray bits', `${whole}B`],
    ['no signature', whole.slice(0, whole.lastIndexOf('.') + 1)],
    ['invalid UTF-8', `${segment(HEADER)}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${segment('s')}`],
    ['an array', assertion(HEADER, [CLAIMS])],
    ['null', assertion(HEADER, 'null')],
    ['a claim twice', assertion(HEADER, JSON.stringify(CLAIMS).replace('{', '{"aud":"other",'))],
    ['8,193 characters', assertion(HEADER, { ...CLAIMS, more: 'x'.repeat(7000) })],
  ])('as malformed for %s', (_, text) => {
    expect(refusalOf(text)).toBe('assertion_malformed')
  })

  test.each([
    ...['crit', 'b64', 'jwk', 'jku', 'x5u', 'x5c', 'zip', 'enc'].map((name) => [name, { [name]: 'x' }] as const),
    ['a numeric kid', { kid: 7 }] as const,
    ['a kid of 257 characters', { kid: 'k'.repeat(257) }] as const,
    ['1,025 bytes', { more: 'x'.repeat(1024) }] as const,
  ])('for a header with %s', (_, members) => {
    expect(refusalOf(assertion({ ...HEADER, ...members }))).toBe('assertion_header_unusable')
  })

  test.each(['at+jwt', 'dpop+jwt', 'logout+jwt', 'application/at+jwt', 7])('for the type %s', (typ) => {
    expect(refusalOf(assertion({ ...HEADER, typ }))).toBe('assertion_typ_unusable')
  })

  test.each(['none', 'None', 'nOnE', undefined, '', 'HS256', 'ES512', 'RSA1_5', 7])('for the algorithm %s', (alg) => {
    expect(refusalOf(assertion({ ...HEADER, alg }))).toBe('assertion_alg_unusable')
  })

  test.each([
    ['another sub', { sub: 'lkother' }],
    ['no iss', { iss: undefined }],
    ['no jti', { jti: undefined }],
    ['a jti of 256 bytes', { jti: 'j'.repeat(256) }],
    ['no exp', { exp: undefined }],
    ['exp as text', { exp: '1800000060' }],
    ['exp with a fraction', { exp: 1_800_000_060.5 }],
    ['exp beyond every integer', { exp: 1e308 }],
    ['iat as text', { iat: '1' }],
    ['nbf as text', { nbf: '1' }],
  ])('for claims with %s', (_, members) => {
    expect(refusalOf(assertion(HEADER, { ...CLAIMS, ...members }))).toBe('assertion_claims_unusable')
  })
})
