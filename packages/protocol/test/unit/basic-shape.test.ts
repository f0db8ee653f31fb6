// Mistakes that people make when they compose a Basic header by hand. Each is recognised by its form alone.

import { describe, expect, test } from 'vitest'
import { readBasicCredentials, toBasicCredentials } from '../../src/basic-credentials.ts'
import { composeClientSecret } from '../../src/client-secret.ts'
import { Secret } from '../../src/secret.ts'

const ID = 'lk0123456789abcd'
const SECRET = composeClientSecret('A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5-_').reveal()

const b64 = (text: string): string => Buffer.from(text).toString('base64')
const basic = (text: string): string => `Basic ${b64(text)}`

function read(header: string) {
  const result = readBasicCredentials(header)
  return result.ok ? [result.value.clientId, result.value.clientSecret.reveal()] : result.refusal
}

describe('a value that base64 broke over lines', () => {
  const long = b64(`${ID}:${SECRET}${'x'.repeat(40)}`)

  test.each(['\n', '\r\n', ' ', '\t', '\n '])('is recognised by its white space: %j', (space) => {
    expect(read(`Basic ${long.slice(0, 76)}${space}${long.slice(76)}`)).toBe('white_space')
  })

  test.each([' ', '\n'])('is recognised when the white space is at its end: %j', (space) => {
    expect(read(`Basic ${long}${space}`)).toBe('white_space')
  })
})

describe('a value that was made by echo without -n', () => {
  test.each(['\n', '\r\n', '\n\n'])('is recognised by the line break inside: %j', (end) => {
    expect(read(basic(`${ID}:${SECRET}${end}`))).toBe('trailing_newline')
  })
})

describe('an ID and a secret that were encoded separately', () => {
  test('are recognised when the result was sent raw', () => {
    expect(read(`Basic ${b64(ID)}:${b64(SECRET)}`)).toBe('encoded_separately')
    expect(read(`Basic ${b64('imported-é')}:${b64('a b')}`)).toBe('encoded_separately')
    expect(read(`Basic ${b64(`${ID}\n`)}:${b64(`${SECRET}\n`)}`)).toBe('encoded_separately')
  })

  test('are recognised when the result was encoded again', () => {
    expect(read(basic(`${b64(ID)}:${b64(SECRET)}`))).toBe('encoded_separately')
    expect(read(basic(`${b64(`${ID}\n`)}:${b64(`${SECRET}\n`)}`))).toBe('encoded_separately')
    expect(read(toBasicCredentials(b64(ID), new Secret(b64(SECRET))))).toBe('encoded_separately')
  })
})

describe('credentials that were encoded twice', () => {
  test.each([
    ['with nothing in between', b64(`${ID}:${SECRET}`)],
    ['with line breaks in between', b64(`${ID}:${SECRET}\n`).replace(/.{1,76}/g, '$&\n')],
    ['with the word Basic in between', basic('id:secret')],
  ])('are recognised %s', (_how, inner) => {
    expect(read(basic(inner))).toBe('encoded_twice')
  })

  test('are not reported when only the ID was encoded', () => {
    expect(read(basic(ID))).toBe('no_colon')
  })
})

describe('placeholders in place of credentials', () => {
  test.each([
    'CLIENT_ID:CLIENT_SECRET',
    '[CLIENT_ID]:[CLIENT_SECRET]',
    '[CLIENT_ID:CLIENT_SECRET]',
    '<client id>:<client secret>',
    '{{client_id}}:{{client_secret}}',
    '{your-client-id}:x',
    `${ID}:CLIENT_SECRET`,
    `${ID}:[CLIENT_SECRET]\n`,
    '%5BCLIENT_ID%5D:%5BCLIENT_SECRET%5D',
  ])('are recognised in base64 and in clear: %s', (text) => {
    expect(read(basic(text))).toBe('placeholder')
    expect(read(`Basic ${text.trimEnd()}`)).toBe(text.includes('%5B') ? 'not_encoded' : 'placeholder')
  })

  test.each(['[CREDENTIALS]', '<base64>', '{{basic}}'])('are recognised in place of the whole value: %s', (value) => {
    expect(read(`Basic ${value}`)).toBe('placeholder')
  })

  test.each([
    ['each in its own', `[${ID}]:[${SECRET}]`],
    ['one pair around both', `[${ID}:${SECRET}]`],
    ['only the ID', `<${ID}>:${SECRET}`],
    ['only the secret', `${ID}:{${SECRET}}`],
  ])('are distinguished from real values left in brackets: %s', (_which, text) => {
    expect(read(basic(text))).toBe('brackets')
    expect(read(`Basic ${text}`)).toBe('brackets')
  })

  test('are distinguished from a real value left in brackets', () => {
    expect(read(`Basic [${b64(`${ID}:${SECRET}`)}]`)).toBe('brackets')
  })
})

describe('text that the shell did not expand', () => {
  test.each([
    '$CLIENT_ID:$CLIENT_SECRET',
    '${CLIENT_ID}:${CLIENT_SECRET}',
    '$LATCHKEY_CLIENT_ID:$LATCHKEY_CLIENT_SECRET',
    '$clientId:$clientSecret',
    '%CLIENT_ID%:%CLIENT_SECRET%',
    '$env:CLIENT_ID:$env:CLIENT_SECRET',
    `${ID}:$CLIENT_SECRET\n`,
  ])('is reported as unexpanded_variable, whether the header is base64 or plain text: %s', (text) => {
    expect(read(basic(text))).toBe('unexpanded_variable')
    expect(read(`Basic ${text.trimEnd()}`)).toBe('unexpanded_variable')
  })

  test.each(['$CREDENTIALS', '${BASIC}', '%BASIC%'])('is recognised in place of the whole value: %s', (value) => {
    expect(read(`Basic ${value}`)).toBe('unexpanded_variable')
  })

  test.each(['$(echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64)', '`echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64`'])(
    'is recognised when it is the whole command: %s',
    (command) => {
      expect(read(`Basic ${command}`)).toBe('unexpanded_command')
    },
  )

  test.each([':', ':\n', ':\r\n'])('is reported as both_empty when unset variables left only a colon: %j', (text) => {
    expect(read(basic(text))).toBe('both_empty')
  })

  test('is recognised when unset variables left only a colon, in clear', () => {
    expect(read('Basic :')).toBe('both_empty')
  })
})

describe('credentials with an empty half', () => {
  test.each([':secret', ':secret\n'])('are refused with a reason that names the ID: %j', (text) => {
    expect(read(basic(text))).toBe('empty_client_id')
  })

  test.each(['id:', 'id:\n'])('are refused with a reason that names the secret: %j', (text) => {
    expect(read(basic(text))).toBe('empty_client_secret')
  })
})

describe('credentials that were not encoded', () => {
  test.each([
    ['generated ones', `${ID}:${SECRET}`],
    ['imported ones', 'id:secret'],
    ['with a space', `${ID}: ${SECRET}`],
    ['an ID without a secret', 'id:'],
    ['a secret without an ID', ':secret'],
    ['a generated secret alone', SECRET],
  ])('are recognised: %s', (_which, value) => {
    expect(read(`Basic ${value}`)).toBe('not_encoded')
  })
})
