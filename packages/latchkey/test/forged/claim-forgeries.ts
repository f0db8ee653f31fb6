// Tokens with a valid signature, but without the claims of an access token of Latchkey.
import { type ForgedToken, type Original, withPayload, withRepeated } from './original.ts'

export function payloads(original: Original): ForgedToken[] {
  const good = JSON.stringify(original.claims)
  const malformed: [name: string, payload: string | Uint8Array][] = [
    ['null', 'null'],
    ['a list of claims', `[${good}]`],
    ['a string', JSON.stringify(good)],
    ['a number', '1'],
    ['an empty object', '{}'],
    ['no JSON', 'scope=machinelearning.predict'],
    ['JSON and a rest', `${good}{}`],
    ['a byte order mark', `\ufeff${good}`],
    [
      'wrong UTF-8',
      Buffer.concat([Buffer.from(`{"note":"`), Buffer.of(0xc0, 0xaf), Buffer.from(`",${good.slice(1)}`)]),
    ],
    ['claims under __proto__', `{"__proto__":${good}}`],
  ]
  const repeated = ['iss', 'scope', 'exp', 'jti', 'ver'].map((name): ForgedToken => {
    return { name: `a duplicate ${name}`, token: withRepeated(original, 'claims', name), reason: 'malformed' }
  })
  return [
    ...malformed.map(([name, payload]): ForgedToken => {
      return { name: `a well-signed payload: ${name}`, token: withPayload(original, payload), reason: 'malformed' }
    }),
    ...repeated,
    {
      name: 'a duplicate sub, spelled with an escape',
      token: withRepeated(original, 'claims', 'sub', '\\u0073ub'),
      reason: 'malformed',
    },
  ]
}

export function claims(original: Original): ForgedToken[] {
  const good = original.claims
  const scope = String(good['scope'])
  const wrong: [name: string, change: Record<string, unknown>][] = [
    ...Object.keys(good).map((name): [string, Record<string, unknown>] => [`no ${name}`, { [name]: undefined }]),
    ['exp as text', { exp: String(good['exp']) }],
    ['exp with a fraction', { exp: Number(good['exp']) + 0.5 }],
    ['exp negative', { exp: -1 }],
    ['exp beyond all integers', { exp: 1e300 }],
    ['iat null', { iat: null }],
    ['gen as text', { gen: '1' }],
    ['gen of 2^53', { gen: 2 ** 53 }],
    ['gen negative', { gen: -1 }],
    ['aud a list', { aud: [good['aud']] }],
    ['two scopes', { scope: `${scope} machinelearning.model`, scp: [scope, 'machinelearning.model'] }],
    ['two scopes in one', { scope: `${scope} machinelearning.model`, scp: [`${scope} machinelearning.model`] }],
    ['an empty scope', { scope: '', scp: [''] }],
    ['scp of another scope', { scp: ['machinelearning.everything'] }],
    ['scp with one more scope', { scp: [scope, 'machinelearning.everything'] }],
    ['scp as text', { scp: scope }],
    ['another sub', { sub: 'admin' }],
    ['another cid', { cid: 'admin' }],
    ['client_id a list', { client_id: [good['sub']] }],
    ['ver 2', { ver: 2 }],
    ['ver as text', { ver: '1' }],
    ['jti no UUID', { jti: 'latest' }],
    ['jti in upper case', { jti: 'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA' }],
  ]
  const issuer = String(good['iss'])
  const issuers = [`${issuer}/`, `${issuer}x`, issuer.toUpperCase(), issuer.replace(/[^/]+$/, 'another')]
  return [
    ...wrong.map(([name, change]): ForgedToken => {
      const token = withPayload(original, JSON.stringify({ ...good, ...change }))
      return { name: `well-signed claims: ${name}`, token, reason: 'malformed' }
    }),
    ...issuers.map((iss): ForgedToken => {
      const token = withPayload(original, JSON.stringify({ ...good, iss }))
      return { name: `our key, but the issuer ${iss}`, token, reason: 'bad_signature' }
    }),
  ]
}
