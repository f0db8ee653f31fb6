// Assertions whose text is not a JWT, or is a JWT of another type. Their signatures are valid, so that only the text is
// wrong.
import { MAX_ASSERTION_LENGTH } from '@latchkey/protocol'
import { anAssertion, base64url, claimsOf, headerOf, signatureOf, signedTexts } from '../client-assertions.ts'
import { type Case, cut, payloadText, type Scene, withHeader } from './scene.ts'

const headerText = (text: (header: string) => string) => (scene: Scene) =>
  signedTexts(text(JSON.stringify(headerOf(scene))), JSON.stringify(claimsOf(scene)), scene.key)

/** Signs a payload of these bytes. */
const payloadBytes = (bytes: (claims: Buffer) => Buffer) => (scene: Scene) =>
  signedSegments(scene, base64url(bytes(Buffer.from(JSON.stringify(claimsOf(scene))))))

function signedSegments(scene: Scene, payload: string, header = base64url(JSON.stringify(headerOf(scene)))): string {
  const input = `${header}.${payload}`
  return `${input}.${base64url(signatureOf(input, scene.key))}`
}

/** Valid claims, followed by one more claim whose text is these bytes. */
const withText = (bytes: Buffer) => (claims: Buffer) =>
  Buffer.concat([claims.subarray(0, -1), Buffer.from(',"note":"'), bytes, Buffer.from('"}')])

/** A valid assertion of this number of characters. */
export function ofLength(length: number): (scene: Scene) => string {
  return (scene) => {
    // A segment of base64url has one of three lengths in four, so padding one segment alone would miss some lengths.
    for (const cty of ['', 'c', 'cc', 'ccc']) {
      const shortest = anAssertion(scene, { note: '' }, { cty }).length
      const least = Math.floor(((length - shortest) * 3) / 4) - 2
      for (let size = least; size < least + 5; size++) {
        const assertion = anAssertion(scene, { note: 'n'.repeat(size) }, { cty })
        if (assertion.length === length) return assertion
      }
    }
    throw new Error(`no assertion has ${String(length)} characters`)
  }
}

/**
 * A valid assertion whose payload contains the characters `+` and `/` of plain base64. The signature covers this form.
 */
function inBase64(scene: Scene): string {
  const claims = withText(Buffer.from('~~~???>>>'))(Buffer.from(JSON.stringify(claimsOf(scene))))
  for (const spaces of ['', ' ', '  ']) {
    const payload = Buffer.concat([claims, Buffer.from(spaces)]).toString('base64')
    if (/[+/]/.test(payload) && !payload.endsWith('=')) return signedSegments(scene, payload)
  }
  throw new Error('the payload has no such characters')
}

const MALFORMED = 'assertion_malformed'
const TYP = 'assertion_typ_unusable'
const CLAIMS = 'assertion_claims_unusable'

export const TEXT_AND_TYPE: readonly Case[] = [
  ['two segments', MALFORMED, (scene) => cut(anAssertion(scene)).slice(0, 2).join('.')],
  ['four segments', MALFORMED, (scene) => `${anAssertion(scene)}.AAAA`],
  ['five segments', MALFORMED, (scene) => `${anAssertion(scene)}.AAAA.AAAA`],
  ['no segments', MALFORMED, () => 'assertion'],
  ['a space in front', MALFORMED, (scene) => ` ${anAssertion(scene)}`],
  ['a line break at the end', MALFORMED, (scene) => `${anAssertion(scene)}\n`],
  ['padding of the signature', MALFORMED, (scene) => `${anAssertion(scene)}==`],
  ['padding of a signed payload', MALFORMED, (scene) => paddedPayload(scene)],
  ['base64 in place of base64url', MALFORMED, inBase64],
  [
    'stray bits in the last character',
    MALFORMED,
    (scene) => {
      const assertion = anAssertion(scene)
      const last = assertion.at(-1) ?? ''
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      return assertion.slice(0, -1) + alphabet.charAt(alphabet.indexOf(last) | 1)
    },
  ],
  ['invalid UTF-8 in the claims', MALFORMED, payloadBytes(withText(Buffer.from([0xff])))],
  ['an overlong form of UTF-8 in the claims', MALFORMED, payloadBytes(withText(Buffer.from([0xc1, 0xa1])))],
  ['half a surrogate pair in the claims', MALFORMED, payloadBytes(withText(Buffer.from([0xed, 0xa0, 0x80])))],
  [
    'a byte order mark in front of the claims',
    MALFORMED,
    payloadBytes((claims) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), claims])),
  ],
  ['claims that are an array', MALFORMED, payloadText((claims) => `[${claims}]`)],
  ['claims that are null', MALFORMED, payloadText(() => 'null')],
  ['claims that are a text', MALFORMED, payloadText(() => '"claims"')],
  ['claims with more text behind them', MALFORMED, payloadText((claims) => `${claims}{}`)],
  ['a header that is an array', MALFORMED, headerText((header) => `[${header}]`)],
  ['iss twice', MALFORMED, payloadText((claims) => claims.replace('{', '{"iss":"lkattacker123456",'))],
  ['aud twice', MALFORMED, payloadText((claims) => claims.replace('{', '{"aud":"https://attacker.example",'))],
  ['exp twice', MALFORMED, payloadText((claims) => claims.replace('{', '{"exp":4102444800,'))],
  ['jti twice', MALFORMED, payloadText((claims) => claims.replace('{', '{"jti":"another",'))],
  [
    'exp twice, once with an escape',
    MALFORMED,
    payloadText((claims) => claims.replace('{', '{"e\\u0078p":4102444800,')),
  ],
  ['alg twice', MALFORMED, headerText((header) => header.replace('{', '{"alg":"none",'))],
  ['alg twice, once with an escape', MALFORMED, headerText((header) => header.replace('{', '{"\\u0061lg":"none",'))],
  ['kid twice', MALFORMED, headerText((header) => header.replace('{', '{"kid":"unknown",'))],
  ['typ twice', MALFORMED, headerText((header) => header.replace('{', '{"typ":"at+jwt",'))],
  ['Alg in place of alg', 'assertion_alg_unusable', headerText((header) => header.replace('"alg"', '"Alg"'))],
  ['Alg beside alg none', 'assertion_alg_unusable', withHeader({ alg: 'none', Alg: 'ES256' })],
  ['KID beside an unknown kid', 'unknown_key', (scene) => withHeader({ kid: 'unknown', KID: scene.key.kid })(scene)],
  ['Aud in place of aud', 'assertion_audience', payloadText((claims) => claims.replace('"aud"', '"Aud"'))],
  ['EXP in place of exp', CLAIMS, payloadText((claims) => claims.replace('"exp"', '"EXP"'))],
  ['Iss in place of iss', CLAIMS, payloadText((claims) => claims.replace('"iss"', '"Iss"'))],
  ['Sub in place of sub', CLAIMS, payloadText((claims) => claims.replace('"sub"', '"Sub"'))],
  ['JTI in place of jti', CLAIMS, payloadText((claims) => claims.replace('"jti"', '"JTI"'))],
  ['8,193 characters', 'parameter_too_long', ofLength(MAX_ASSERTION_LENGTH + 1)],
  ['a header of 1,025 bytes', 'assertion_header_unusable', (scene) => ofHeaderLength(scene, 1025)],
  ['typ at+jwt', TYP, withHeader({ typ: 'at+jwt' })],
  ['typ application/at+jwt', TYP, withHeader({ typ: 'application/at+jwt' })],
  ['typ dpop+jwt', TYP, withHeader({ typ: 'dpop+jwt' })],
  ['typ logout+jwt', TYP, withHeader({ typ: 'logout+jwt' })],
  ['typ JOSE', TYP, withHeader({ typ: 'JOSE' })],
  ['an empty typ', TYP, withHeader({ typ: '' })],
  ['its own access token', TYP, ({ live }) => live],
]

/** A valid assertion whose header has this number of bytes. */
export function ofHeaderLength(scene: Scene, length: number): string {
  const header = (x5t: string): string => JSON.stringify({ ...headerOf(scene), x5t })
  return signedTexts(header('x'.repeat(length - header('').length)), JSON.stringify(claimsOf(scene)), scene.key)
}

function paddedPayload(scene: Scene): string {
  for (const note of ['', 'n', 'nn']) {
    const payload = Buffer.from(JSON.stringify({ ...claimsOf(scene), note })).toString('base64')
    if (payload.endsWith('=')) return signedSegments(scene, payload.replaceAll('+', '-').replaceAll('/', '_'))
  }
  throw new Error('no payload needs padding')
}
