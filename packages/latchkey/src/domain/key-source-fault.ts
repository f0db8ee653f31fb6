// Why the server could not fetch the keys of a source. Operators see these names in the admin API, the log and metrics.

export const KEY_SOURCE_FAULTS = [
  /** The URL is not `https` with a host, or has a user name, a password or a fragment. */
  'url_unusable',
  /** The name has no address. */
  'name_unresolved',
  /** An address of the name, or the address in the URL, is one that the server must not connect to. */
  'address_forbidden',
  'connection_failed',
  /** The connection took longer than 2 s. */
  'connect_timeout',
  /** No authority that the source allows has issued the certificate, or it is for another name or another time. */
  'certificate_untrusted',
  /** The answer took longer than 5 s. */
  'answer_timeout',
  /** The answer has a status of 3xx. */
  'redirected',
  /** The answer has another status than 200. */
  'status_unusable',
  /** The answer has a `Content-Encoding`. */
  'answer_encoded',
  /** The answer has more than 128 KiB. */
  'answer_too_large',
  /** The answer is not a JSON object of the expected form. */
  'answer_malformed',
  /** The discovery document has another `issuer`. */
  'issuer_differs',
  /** The answer has more than 100 keys. */
  'too_many_keys',
] as const

export type KeySourceFault = (typeof KEY_SOURCE_FAULTS)[number]
