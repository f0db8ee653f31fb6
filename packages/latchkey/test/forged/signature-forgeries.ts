// Signatures that do not fit the token, and changed tokens with the signature of the original.
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { encode, type ForgedToken, json, type Original, signatureOf, signedWith } from './original.ts'

export function signatures(original: Original): ForgedToken[] {
  const { header, claims, privateKey, publicKey, segments } = original
  const input = `${segments[0]}.${segments[1]}`
  const bytes = Buffer.from(segments[2], 'base64url')
  const flipped = Buffer.from(bytes)
  flipped[0] = (flipped[0] ?? 0) ^ 1
  const forged: [name: string, signature: Uint8Array][] = [
    ['all zeros', Buffer.alloc(bytes.length)],
    ['all ones', Buffer.alloc(bytes.length, 0xff)],
    ['one bit changed', flipped],
    ['one byte short', bytes.subarray(1)],
    ['one byte long', Buffer.concat([bytes, Buffer.of(0)])],
    ['a leading zero added', Buffer.concat([Buffer.of(0), bytes])],
    ['a single byte', bytes.subarray(0, 1)],
    ['twice in a row', Buffer.concat([bytes, bytes])],
    ['over another payload', signatureOf(privateKey, `${segments[0]}.${json({ ...claims, gen: 1 })}`)],
    ['by a key of the same type', signatureOf(sameTypeAs(publicKey), input)],
  ]
  if (publicKey.asymmetricKeyType === 'rsa') {
    const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    forged.push(['of PS256 kind', sign('sha256', Buffer.from(input), pss)])
    forged.push(['over SHA-512', sign('sha512', Buffer.from(input), privateKey)])
  }
  if (publicKey.asymmetricKeyType === 'ec') forged.push(['in DER', sign('sha256', Buffer.from(input), privateKey)])
  return [
    { name: 'signature of no bytes', token: `${input}.`, reason: 'malformed' },
    ...forged.map(([name, signature]): ForgedToken => {
      return { name: `signature ${name}`, token: `${input}.${encode(signature)}`, reason: 'bad_signature' }
    }),
    {
      name: 'another key of the same type under our kid',
      token: signedWith(sameTypeAs(publicKey), JSON.stringify(header), JSON.stringify(claims)),
      reason: 'bad_signature',
    },
  ]
}

function sameTypeAs(publicKey: KeyObject): KeyObject {
  switch (publicKey.asymmetricKeyType) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    default:
      return generateKeyPairSync('ed25519').privateKey
  }
}

export function edits({ header, claims, segments }: Original): ForgedToken[] {
  const changed = {
    scope: 'machinelearning.everything',
    exp: Number(claims['exp']) + 3600,
    gen: Number(claims['gen']) + 1,
    sub: 'admin',
  }
  return [
    ...Object.entries(changed).map(([name, value]): ForgedToken => {
      const token = `${segments[0]}.${json({ ...claims, [name]: value })}.${segments[2]}`
      return { name: `${name} edited under the old signature`, token, reason: 'bad_signature' }
    }),
    {
      name: 'header edited under the old signature',
      token: `${json({ ...header, note: 1 })}.${segments[1]}.${segments[2]}`,
      reason: 'bad_signature',
    },
  ]
}
