// Converts a public key in PEM to a JWK (RFC 7517), so that no tool is needed for it. It reads the DER itself, because
// browsers offer `crypto.subtle` only on pages with TLS and on loopback.

/** A value of DER (X.690): its tag and its content. */
interface Value {
  readonly tag: number
  readonly content: Uint8Array
}

const SEQUENCE = 0x30
const INTEGER = 0x02
const BIT_STRING = 0x03
const OBJECT_ID = 0x06

/** The contents of the object identifiers in hexadecimal (RFC 3279, RFC 5480, RFC 8410). */
const RSA = '2a864886f70d010101'
const EC = '2a8648ce3d0201'
const P256 = '2a8648ce3d030107'
const ED25519 = '2b6570'

/** Returns undefined if the text is not exactly one public key of RSA, P-256 or Ed25519. */
export function jwkOfPem(text: string): Record<string, string> | undefined {
  const [, base64] = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(text) ?? []
  if (base64 === undefined) return undefined
  const info = only(bytesOf(base64), SEQUENCE)
  const [algorithm, key, ...more] = valuesIn(info) ?? []
  if (algorithm?.tag !== SEQUENCE || key?.tag !== BIT_STRING || more.length > 0) return undefined
  // The first byte must be 0: it is the number of unused bits in the last byte.
  if (key.content[0] !== 0) return undefined
  const [id, parameter] = valuesIn(algorithm.content) ?? []
  if (id?.tag !== OBJECT_ID) return undefined
  const bits = key.content.subarray(1)
  switch (hex(id.content)) {
    case RSA:
      return rsa(bits)
    case EC:
      return parameter?.tag === OBJECT_ID && hex(parameter.content) === P256 ? p256(bits) : undefined
    case ED25519:
      return bits.length === 32 ? { kty: 'OKP', crv: 'Ed25519', x: base64url(bits) } : undefined
    default:
      return undefined
  }
}

function rsa(bits: Uint8Array): Record<string, string> | undefined {
  const [modulus, exponent, ...more] = valuesIn(only(bits, SEQUENCE)) ?? []
  if (modulus?.tag !== INTEGER || exponent?.tag !== INTEGER || more.length > 0) return undefined
  return { kty: 'RSA', n: base64url(unsigned(modulus.content)), e: base64url(unsigned(exponent.content)) }
}

/** An uncompressed point: 4, x and y. */
const p256 = (bits: Uint8Array): Record<string, string> | undefined =>
  bits.length === 65 && bits[0] === 4
    ? { kty: 'EC', crv: 'P-256', x: base64url(bits.subarray(1, 33)), y: base64url(bits.subarray(33)) }
    : undefined

/** Returns a number without the zero byte that DER puts before a first bit of 1. */
const unsigned = (content: Uint8Array): Uint8Array => (content[0] === 0 ? content.subarray(1) : content)

/** Returns the content of the only value. Undefined if there is a second value, or if the value has another tag. */
function only(bytes: Uint8Array | undefined, tag: number): Uint8Array | undefined {
  const [value, ...more] = valuesIn(bytes) ?? []
  return value?.tag === tag && more.length === 0 ? value.content : undefined
}

/** Returns the values in the bytes. Undefined if the bytes are not a sequence of complete values. */
function valuesIn(bytes: Uint8Array | undefined): readonly Value[] | undefined {
  if (bytes === undefined) return undefined
  const values: Value[] = []
  let at = 0
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0
    let length = bytes[at + 1] ?? 0
    at += 2
    if (length >= 0x80) {
      const digits = bytes.subarray(at, at + length - 0x80)
      at += digits.length
      length = digits.reduce((sum, digit) => sum * 256 + digit, 0)
    }
    if (at + length > bytes.length) return undefined
    values.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return values
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
