// Texts that are not a token, or that spell a token in a non-canonical way.
import {
  encode,
  type ForgedToken,
  json,
  type Original,
  signatureOf,
  signedWith,
  withHeader,
  withPayload,
  withRepeated,
} from './original.ts'

export function shapes(original: Original): ForgedToken[] {
  const { header, segments } = original
  const [head, payload, signature] = segments
  const token = segments.join('.')
  const deep = '['.repeat(1200) + ']'.repeat(1200)
  const malformed: [name: string, token: string][] = [
    ['nothing', ''],
    ['one segment', head],
    ['two segments', `${head}.${payload}`],
    ['four segments', `${token}.${signature}`],
    ['five segments', `${head}.${payload}.${signature}.${payload}.${signature}`],
    ['dots only', '..'],
    ['an empty header', `.${payload}.${signature}`],
    ['an empty payload', `${head}..${signature}`],
    ['the word Bearer in front', `Bearer ${token}`],
    ['the JSON serialisation', JSON.stringify({ protected: head, payload, signature })],
    ['5 KB', withPayload(original, JSON.stringify({ ...original.claims, note: 'x'.repeat(5000) }))],
    ['4097 characters', token + 'A'.repeat(4097 - token.length)],
    ['a header of 600 characters', withHeader(original, { ...header, note: 'x'.repeat(400) })],
    ['a header that is a list', withHeader(original, [header])],
    ['a header that is null', withHeader(original, null)],
    ['a header that is no JSON', signedWith(original.privateKey, 'alg', JSON.stringify(original.claims))],
    ['a duplicate alg', withRepeated(original, 'header', 'alg')],
    ['a duplicate kid', withRepeated(original, 'header', 'kid')],
    ['a payload of depth 1200', withPayload(original, deep)],
    ['a payload of depth 2000 that never closes', withPayload(original, '['.repeat(2000))],
    ['objects to depth 500', withPayload(original, '{"a":'.repeat(500) + '1' + '}'.repeat(500))],
  ]
  return malformed.map(([name, text]) => ({ name, token: text, reason: 'malformed' }))
}

export function encodings(original: Original): ForgedToken[] {
  const { claims, segments } = original
  const [head, payload, signature] = segments
  const token = segments.join('.')
  // The last base64url character of a payload of this length has unused bits.
  const stray = ['', 'x', 'xx'].map((note) => json({ ...claims, note })).find((text) => text.length % 4 === 2) ?? ''
  const signed = (text: string) => `${head}.${text}.${encode(signatureOf(original.privateKey, `${head}.${text}`))}`
  const malformed: [name: string, token: string][] = [
    ['a space in front', ` ${token}`],
    ['a newline at the end', `${token}\n`],
    ['a space inside', `${head}. ${payload}.${signature}`],
    ['a tab inside the payload', `${head}.${payload.slice(0, 9)}\t${payload.slice(9)}.${signature}`],
    ['a line broken inside the signature', `${head}.${payload}.${signature.slice(0, 60)}\r\n${signature.slice(60)}`],
    ['NUL at the end', `${token}\0`],
    ['a letter outside of ASCII', `${token}é`],
    ['a full-width dot', token.replace('.', '．')],
    ['a lone surrogate', `${token}\ud800`],
    ['padding on the signature', `${token}==`],
    ['padding on the payload', `${head}.${payload}=.${signature}`],
    ['the alphabet of plain base64', `${head}.${payload}.+/${signature.slice(2)}`],
    ['percent-encoding', token.replaceAll('.', '%2E')],
    ['stray bits at the end of the signature', withStrayBits(token)],
    ['stray bits at the end of the payload, well signed', signed(withStrayBits(stray))],
    ['one character over a group of four', signed('A'.repeat(401))],
  ]
  return malformed.map(([name, text]) => ({ name, token: text, reason: 'malformed' }))
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Replaces the last character by another character that a lenient decoder decodes to the same bytes. */
const withStrayBits = (text: string): string =>
  text.slice(0, -1) + ALPHABET.charAt(ALPHABET.indexOf(text.charAt(text.length - 1)) | 1)
