// Makes a self-signed certificate with its key, for a name or an address: X.509 v3 in DER (RFC 5280).
import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

export interface TestCertificate {
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
}

/**
 * Makes an ECDSA certificate for `name`, which is valid from an hour ago for a day. Clients trust it if `cert` is their
 * certificate authority.
 */
export function aCertificate(name = '127.0.0.1'): TestCertificate {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signedPart = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    commonName(name),
    sequence(utcTime(-3_600_000), utcTime(86_400_000)),
    commonName(name),
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(subjectAltName(name), BASIC_CONSTRAINTS_CA)),
  )
  const signature = bitString(sign('sha256', signedPart, privateKey))
  return {
    cert: pem(sequence(signedPart, ECDSA_WITH_SHA256, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts)
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes)
const bitString = (bytes: Buffer): Buffer => tagged(0x03, Buffer.from([0]), bytes)
const octetString = (bytes: Buffer): Buffer => tagged(0x04, bytes)
const identifier = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'))

const ECDSA_WITH_SHA256 = sequence(identifier('2a8648ce3d040302'))
const BASIC_CONSTRAINTS_CA = sequence(identifier('551d13'), octetString(sequence(tagged(0x01, Buffer.from([0xff])))))

const commonName = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(identifier('550403'), tagged(0x0c, Buffer.from(name)))))

function subjectAltName(name: string): Buffer {
  const alternative = isIPv4(name)
    ? tagged(0x87, Buffer.from(name.split('.').map(Number)))
    : tagged(0x82, Buffer.from(name))
  return sequence(identifier('551d11'), octetString(sequence(alternative)))
}

function utcTime(offsetMilliseconds: number): Buffer {
  const digits = new Date(Date.now() + offsetMilliseconds).toISOString().replace(/[^0-9]/g, '')
  return tagged(0x17, Buffer.from(`${digits.slice(2, 14)}Z`))
}
