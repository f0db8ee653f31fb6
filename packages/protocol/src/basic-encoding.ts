// The three encodings inside a Basic header, each read strictly: base64, UTF-8 and form encoding.

/** Decodes strict base64 (RFC 4648 §4). Undefined if the text has an error. */
export function decodeBase64(value: string): Buffer | undefined {
  // Node's decoder skips invalid characters and also accepts base64url. So the result is encoded again: if the text is
  // valid, the encoding gives the same text.
  const bytes = Buffer.from(value, 'base64')
  return bytes.toString('base64') === value ? bytes : undefined
}

/** Decodes strict UTF-8 and keeps a byte order mark. Undefined for invalid bytes. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  // The decoder replaces invalid bytes by U+FFFD, and a sender may also send U+FFFD itself. Only in the second case
  // does encoding the text give the same bytes again.
  if (text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(bytes)) return undefined
  return text
}

/** Decodes base64 that holds UTF-8 text. Undefined if either encoding has an error. */
export function decodeBase64Text(value: string): string | undefined {
  const bytes = decodeBase64(value)
  return bytes && decodeUtf8(bytes)
}

/** Decodes application/x-www-form-urlencoded once (RFC 6749 appendix B); undefined if an escape is not valid UTF-8. */
export function decodeForm(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch (cause) {
    if (cause instanceof URIError) return undefined
    throw cause
  }
}

/** Encodes as application/x-www-form-urlencoded (RFC 6749 appendix B). Throws URIError on a lone surrogate. */
export const encodeForm = (text: string): string =>
  encodeURIComponent(text).replace(/%20|[!'()~]/g, (found) =>
    found === '%20' ? '+' : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  )
