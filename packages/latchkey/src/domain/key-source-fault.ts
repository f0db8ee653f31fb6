// The reasons why the server could not fetch the keys of an issuer. Operators see these names in the admin API, the log
// and the metrics.

export const KEY_SOURCE_FAULTS = [
  /** The URL does not begin with `https`, has no host, or has a user name, a password or a fragment. */
  'url_unusable',
  /** The lookup of the host name found no address. */
  'name_unresolved',
  /** The server must not connect to the address in the URL, or to one of the addresses of its host name. */
  'address_forbidden',
  'connection_failed',
  /** The connection took longer than 2 s. */
  'connect_timeout',
  /**
   * The TLS certificate was not issued by an allowed authority, is for another host name, has expired, or is not valid
   * yet.
   */
  'certificate_untrusted',
  /** The answer took longer than 5 s. */
  'answer_timeout',
  /** The answer has a 3xx status. */
  'redirected',
  /** The answer has a status other than 200 and 3xx. */
  'status_unusable',
  /** The answer has a `Content-Encoding`. */
  'answer_encoded',
  /** The answer has more than 128 KiB. */
  'answer_too_large',
  /** The answer is not a JSON object of the expected form. */
  'answer_malformed',
  /** The `issuer` in the discovery document is not the URL of the trusted issuer. */
  'issuer_differs',
  /** The answer has more than 100 keys. */
  'too_many_keys',
] as const

export type KeySourceFault = (typeof KEY_SOURCE_FAULTS)[number]
