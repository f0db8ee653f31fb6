// Reads client credentials from a Basic header: the accepted forms, and the problem that is reported for others.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stopwatch } from '../../../../e2e/stopwatch.ts'
import { readBasicCredentials, toBasicCredentials } from '../../src/basic-credentials.ts'
import { composeClientSecret } from '../../src/client-secret.ts'
import { Secret } from '../../src/secret.ts'

const ID = 'lk0123456789abcd'
const SECRET = composeClientSecret('A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5-_').reveal()

const b64 = (text: string): string => Buffer.from(text).toString('base64')
const basic = (text: string): string => `Basic ${b64(text)}`
const basicBytes = (bytes: Uint8Array): string => `Basic ${Buffer.from(bytes).toString('base64')}`

function read(header: string) {
  const result = readBasicCredentials(header)
  return result.ok ? [result.value.clientId, result.value.clientSecret.reveal()] : result.refusal
}

describe('credentials are read', () => {
  test('from the generated ID and secret, encoded once', () => {
    expect(read(basic(`${ID}:${SECRET}`))).toEqual([ID, SECRET])
  })

  test.each(['basic', 'BASIC', 'bAsIc'])('whatever the case of the scheme: %s', (scheme) => {
    expect(read(`${scheme} ${b64(`${ID}:${SECRET}`)}`)).toEqual([ID, SECRET])
  })

  test('with the first colon as the end of the ID', () => {
    expect(read(basic('id:se:cr:et:'))).toEqual(['id', 'se:cr:et:'])
  })

  test('with both halves percent-decoded and plus as space', () => {
    expect(read(basic('my+%3Aid:a%2Bb+c%25%C3%A9%E2%80%94'))).toEqual(['my :id', 'a+b c%é—'])
  })

  test('decoded exactly once', () => {
    expect(read(basic('id:a%2541'))).toEqual(['id', 'a%41'])
  })

  test('with letters beyond ASCII and spaces that the client did not encode', () => {
    expect(read(basic('idé:a — b\uFFFD'))).toEqual(['idé', 'a — b\uFFFD'])
  })

  test('with a byte order mark kept as part of the ID', () => {
    expect(read(basic('\uFEFFid:secret'))).toEqual(['\uFEFFid', 'secret'])
  })

  const half = fc
    .string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom(...': %+é—[]$"\\=')),
      minLength: 1,
      maxLength: 60,
    })
    .filter((text) => !/\p{Cc}/u.test(text))

  test('that toBasicCredentials wrote, for any ID and secret without control characters', () => {
    fc.assert(
      fc.property(half, half, (id, secret) => {
        fc.pre(![id, secret].some((text) => /^[[<{(].*[\]>})]$/s.test(text)))
        expect(read(toBasicCredentials(id, new Secret(secret)))).toEqual([id, secret])
      }),
    )
  })

  test('from imported credentials that only look like a mistake', () => {
    const lookalikes = [
      '$ecret',
      '$ABC_1',
      '{x9}',
      '[a1',
      'b]',
      'client_id',
      'CLIENT_ID_2',
      '%41%',
      b64('id'),
      b64('secret'),
      'id ',
      ' id',
      '"id"',
      '`id`',
      'lks_x',
      'Basic x',
    ]
    for (const text of lookalikes) {
      expect(read(toBasicCredentials(text, new Secret('s'))), text).toEqual([text, 's'])
      expect(read(toBasicCredentials('i', new Secret(text))), text).toEqual(['i', text])
    }
  })

  test('when only one half is base64 of a generated ID or secret', () => {
    expect(read(basic(`${b64(ID)}:other`))).toEqual([b64(ID).replaceAll('+', ' '), 'other'])
    expect(read(basic(`other:${b64(SECRET)}`))).toEqual(['other', b64(SECRET).replaceAll('+', ' ')])
  })
})

describe('the scheme of a Basic header', () => {
  test.each(['', 'Bearer abc', 'Digest x', 'BasicYTpi', 'YTpi', 'a:b', 'Basic=abc', 'Basi', ' Basic YTpi'])(
    'must be Basic: %j',
    (header) => {
      expect(read(header)).toBe('other_scheme')
    },
  )

  test.each(['Basic', 'basic ', 'Basic \t '])('must be followed by credentials: %j', (header) => {
    expect(read(header)).toBe('nothing_sent')
  })

  test.each(['Basic  YTpi', 'Basic\tYTpi', 'Basic \tYTpi'])('must be followed by exactly one space: %j', (header) => {
    expect(read(header)).toBe('scheme_spacing')
  })

  test('must be sent once', () => {
    expect(read(`Basic ${basic('a:b')}`)).toBe('scheme_twice')
  })
})

describe('base64', () => {
  test.each([b64('a?>:b~?>').replaceAll('+', '-').replaceAll('/', '_'), 'YTpi-_', 'YTpi_w=='])(
    'is not base64url: %s',
    (value) => {
      expect(read(`Basic ${value}`)).toBe('base64url')
    },
  )

  test.each(['YTpiYw', 'YTpiYw=', 'YTpiY', 'YTpiYw===', 'YTpi='])('is padded and whole: %s', (value) => {
    expect(read(`Basic ${value}`)).toBe('base64_padding')
  })

  test.each([
    'YTpiYx==',
    'YTpi====',
    'YTpi!',
    '!!!!',
    'YTpi.YTpi',
    'YTpi=YTp',
    'YTpié',
    'YTpi\u0000',
    '====',
    'YTpi,Basic',
  ])('must be in its canonical form: %j', (value) => {
    expect(read(`Basic ${value}`)).toBe('not_base64')
  })

  test('of any bytes is read or refused, without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(read(basicBytes(bytes))).toBeTruthy()
      }),
    )
  })

  test('is the only accepted encoding of the credentials', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'YTpiYw=-_+/ :\n'), maxLength: 24 }), (value) => {
        const strict =
          value.length % 4 === 0 &&
          /^[A-Za-z0-9+/]*={0,2}$/.test(value) &&
          Buffer.from(value, 'base64').toString('base64') === value
        expect(strict || typeof read(`Basic ${value}`) === 'string').toBe(true)
      }),
    )
  })
})

describe('the decoded text', () => {
  test.each([
    [[0x61, 0x3a, 0xe9]],
    [[0x61, 0x3a, 0xc0, 0xaf]],
    [[0x61, 0x3a, 0xed, 0xa0, 0x80]],
    [[0x61, 0x3a, 0xf0, 0x9f, 0x98]],
    [[0xef, 0xbf, 0xbd, 0x3a, 0xff]],
  ])('must be UTF-8: %j', (bytes) => {
    expect(read(basicBytes(Uint8Array.from(bytes)))).toBe('not_utf8')
  })

  test('is reported as UTF-16 if it is in UTF-16, with a byte order mark or without', () => {
    const text = Buffer.from(`${ID}:${SECRET}`, 'utf16le')
    expect(read(basicBytes(text))).toBe('utf16')
    expect(read(basicBytes(Buffer.concat([Uint8Array.of(0xff, 0xfe), text])))).toBe('utf16')
    expect(read(basicBytes(Buffer.from(text).swap16()))).toBe('utf16')
    expect(read(basicBytes(Buffer.from('ab:é', 'utf16le')))).toBe('utf16')
  })

  test('must have a colon', () => {
    for (const text of ['id', `${ID}${SECRET}`, SECRET, '\n']) expect(read(basic(text))).toBe('no_colon')
  })

  test.each(['id:100%', 'id:%zz', 'id:%4', 'i%d:x', 'id:%E9', 'id:%C0%AF', 'id:%ED%A0%80'])(
    'must not have a percent sign that begins no valid escape: %s',
    (text) => {
      expect(read(basic(text))).toBe('percent_encoding')
    },
  )

  test.each(['i\nd:x', 'id\n:x', 'id:a\u0000b', 'id:a\tb', 'id:\u007f', 'id:\u0085', 'id:a%00', 'i%0Ad:x', 'id:a\r'])(
    'must not have a control character, encoded or not: %j',
    (text) => {
      expect(read(basic(text))).toBe('control_character')
    },
  )
})

describe('a Basic header', () => {
  test('of up to 8192 characters is read, and a longer header is refused', () => {
    const secret = 'x'.repeat(6135)
    const longest = basic(`id:${secret}`)
    expect(longest).toHaveLength(8190)
    expect(read(longest)).toEqual(['id', secret])
    expect(read(`${longest}  `)).toBe('white_space')
    expect(read(`${longest}   `)).toBe('too_long')
  })

  test.each([
    ['line breaks', basic(`a:${'\n'.repeat(6100)}x`)],
    ['brackets', basic(`${'['.repeat(3000)}:${']'.repeat(3000)}x`)],
    ['a variable', basic(`$${'a_'.repeat(3000)}:x`)],
    ['white space', `Basic ${'a '.repeat(4000)}`],
    ['padding', `Basic ${'a='.repeat(4000)}`],
    ['open brackets in clear', `Basic ${'['.repeat(8000)}`],
    ['spaces after the scheme', `Basic${' '.repeat(8000)}x`],
  ])('that is made to waste time is read quickly: %s', (_what, header) => {
    const took = stopwatch()
    for (let round = 0; round < 50; round++) readBasicCredentials(header)
    // A search that takes quadratic time needs over 10 ms for one round.
    expect(took() / 50).toBeLessThan(5)
  })

  test('does not reveal its secret in any printed form of the result', () => {
    const result = readBasicCredentials(basic('id:hush'))
    expect(JSON.stringify(result)).not.toContain('hush')
  })
})

describe('toBasicCredentials', () => {
  test('form-encodes both halves before base64', () => {
    const header = toBasicCredentials('a:b', new Secret("p+q %é!'()~*-._"))
    expect(Buffer.from(header.slice('Basic '.length), 'base64').toString()).toBe(
      'a%3Ab:p%2Bq+%25%C3%A9%21%27%28%29%7E*-._',
    )
  })

  test('encodes as the form serializer of the URL standard does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const encoded = new URLSearchParams([['', text]]).toString().slice(1)
        expect(toBasicCredentials(text, new Secret('s'))).toBe(basic(`${encoded}:s`))
      }),
    )
  })
})
