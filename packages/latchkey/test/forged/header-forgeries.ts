// Headers that name another algorithm, another key or another kind of token.
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { type ForgedToken, json, type Original, signedWith, withHeader } from './original.ts'

export function algorithms(original: Original): ForgedToken[] {
  const { header, publicKey, segments } = original
  const [, payload, signature] = segments
  const relabelled = (alg: string) => json({ ...header, alg })
  const others = 'RS256 RS384 RS512 PS256 ES256 ES384 ES256K EdDSA Ed25519 HS256 rs256'.split(' ')
  return [
    ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg): ForgedToken[] => [
      { name: `alg ${alg}, no signature`, token: `${relabelled(alg)}.${payload}.`, reason: 'malformed' },
      {
        name: `alg ${alg}, signature kept`,
        token: `${relabelled(alg)}.${payload}.${signature}`,
        reason: 'bad_signature',
      },
    ]),
    ...others
      .filter((alg) => alg !== header['alg'])
      .map((alg): ForgedToken => {
        const token = withHeader(original, { ...header, alg })
        return { name: `alg ${alg} over a signature of another algorithm`, token, reason: 'bad_signature' }
      }),
    ...publicSecrets(publicKey).map(({ name, secret }): ForgedToken => {
      const input = `${relabelled('HS256')}.${payload}`
      const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
      return { name: `HS256 keyed with ${name}`, token, reason: 'bad_signature' }
    }),
    { name: 'alg missing', token: withHeader(original, { ...header, alg: undefined }), reason: 'malformed' },
    { name: 'alg a list', token: withHeader(original, { ...header, alg: [header['alg']] }), reason: 'malformed' },
  ]
}

function publicSecrets(publicKey: KeyObject): { name: string; secret: string | Buffer }[] {
  const jwk = publicKey.export({ format: 'jwk' })
  const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
  return [
    { name: 'the public key as PEM', secret: pem },
    { name: 'the public key as PEM without its last newline', secret: pem.trimEnd() },
    { name: 'the public key as DER', secret: publicKey.export({ format: 'der', type: 'spki' }) },
    { name: 'the public key as JWK', secret: JSON.stringify(jwk) },
    { name: 'the bytes of n or x', secret: Buffer.from(jwk.n ?? jwk.x ?? '', 'base64url') },
    { name: 'the text of n or x', secret: jwk.n ?? jwk.x ?? '' },
    { name: 'an empty key', secret: '' },
  ]
}

export function keysInHeaders(original: Original): ForgedToken[] {
  const { header, claims } = original
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = own.publicKey.export({ format: 'jwk' })
  const brought = { ...header, alg: 'ES256', jwk }
  const additions = {
    jwk,
    jku: 'https://attacker.example/keys',
    x5u: 'https://attacker.example/chain.pem',
    x5c: ['MIIB'],
    crit: ['exp'],
    b64: false,
  }
  return [
    {
      name: "the attacker's key embedded as jwk, signed with it",
      token: signedWith(own.privateKey, JSON.stringify(brought), JSON.stringify(claims)),
      reason: 'malformed',
    },
    ...Object.entries(additions).map(([name, value]): ForgedToken => {
      const token = withHeader(original, { ...header, [name]: value })
      return { name: `${name} in a well-signed header`, token, reason: 'malformed' }
    }),
    { name: 'crit empty', token: withHeader(original, { ...header, crit: [] }), reason: 'malformed' },
    { name: 'jwk null', token: withHeader(original, { ...header, jwk: null }), reason: 'malformed' },
  ]
}

export function keyIds(original: Original): ForgedToken[] {
  const { header } = original
  const unknown = ['../../../../dev/null', '/dev/null', '__proto__', 'constructor', "' OR '1'='1", '', '*']
  return [
    ...unknown.map((kid): ForgedToken => {
      const token = withHeader(original, { ...header, kid })
      return { name: `kid ${JSON.stringify(kid)}`, token, reason: 'bad_signature' }
    }),
    ...[undefined, null, 1, [header['kid']]].map((kid): ForgedToken => {
      const token = withHeader(original, { ...header, kid })
      return { name: `kid ${kid === undefined ? 'missing' : JSON.stringify(kid)}`, token, reason: 'malformed' }
    }),
  ]
}

export function types(original: Original): ForgedToken[] {
  const { header } = original
  const wrong = [
    'JWT',
    'jwt',
    'at+jwt ',
    'dpop+jwt',
    'text/at+jwt',
    'application/jwt',
    '',
    1,
    null,
    ['at+jwt'],
    undefined,
  ]
  return wrong.map((typ): ForgedToken => {
    const token = withHeader(original, { ...header, typ })
    return { name: `typ ${typ === undefined ? 'missing' : JSON.stringify(typ)}`, token, reason: 'malformed' }
  })
}
