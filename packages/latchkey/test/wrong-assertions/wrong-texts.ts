// Assertions whose text is no JWT, or one of another type.
import { anAssertion, base64url, claimsOf, headerOf, signatureOf, signedTexts } from '../client-assertions.ts'
import { type Case, cut, payloadText, withHeader } from './scene.ts'

export const TEXT_AND_TYPE: readonly Case[] = [
  ['two segments', (scene) => cut(anAssertion(scene)).slice(0, 2).join('.')],
  ['four segments', (scene) => `${anAssertion(scene)}.AAAA`],
  ['no segments', () => 'assertion'],
  ['a space in front', (scene) => ` ${anAssertion(scene)}`],
  ['a line break at the end', (scene) => `${anAssertion(scene)}\n`],
  ['padding', (scene) => anAssertion(scene).replace('.', '=.')],
  [
    'base64 in place of base64url',
    (scene) => {
      const [header, , signature] = cut(anAssertion(scene))
      return `${header}.${Buffer.from('{"iss":"\u00ff\u00fe?>"}').toString('base64')}+/.${signature}`
    },
  ],
  [
    'stray bits in the last character',
    (scene) => {
      const assertion = anAssertion(scene)
      const last = assertion.at(-1) ?? ''
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      return assertion.slice(0, -1) + alphabet.charAt(alphabet.indexOf(last) | 1)
    },
  ],
  [
    'invalid UTF-8 in the claims',
    (scene) => {
      const input = `${base64url(JSON.stringify(headerOf(scene)))}.${base64url(Buffer.from('7b22ff223a317d', 'hex'))}`
      return `${input}.${signatureOf(input, scene.key).toString('base64url')}`
    },
  ],
  ['claims that are an array', payloadText((claims) => `[${claims}]`)],
  ['claims that are null', payloadText(() => 'null')],
  ['claims that are a text', payloadText(() => '"claims"')],
  ['a header that is an array', (scene) => signedTexts('[]', JSON.stringify(claimsOf(scene)), scene.key)],
  ['iss twice', payloadText((claims) => claims.replace('{', '{"iss":"lkattacker123456",'))],
  ['aud twice', payloadText((claims) => claims.replace('{', '{"aud":"https://attacker.example",'))],
  ['exp twice', payloadText((claims) => claims.replace('{', '{"exp":4102444800,'))],
  [
    'alg twice',
    (scene) =>
      signedTexts(
        JSON.stringify(headerOf(scene)).replace('{', '{"alg":"none",'),
        JSON.stringify(claimsOf(scene)),
        scene.key,
      ),
  ],
  ['8,193 characters', (scene) => anAssertion(scene, { pad: 'p'.repeat(6000) }).padEnd(8193, 'A')],
  ['typ at+jwt', withHeader({ typ: 'at+jwt' })],
  ['typ application/at+jwt', withHeader({ typ: 'application/at+jwt' })],
  ['typ dpop+jwt', withHeader({ typ: 'dpop+jwt' })],
  ['typ logout+jwt', withHeader({ typ: 'logout+jwt' })],
  ['an empty typ', withHeader({ typ: '' })],
  ['its own access token', ({ live }) => live],
]
