// Explains a start that failed because of the database, and says what to do. Never quotes the URL with its password.

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET'])
/** SQLSTATE: wrong password, unknown role, or a role that may not connect. */
const NOT_LET_IN = new Set(['28P01', '28000'])
const NOT_PERMITTED = '42501'
const NOT_TRUSTED = new Set([
  ...[
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_HAS_EXPIRED',
  ],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ERR_TLS_CERT_ALTNAME_INVALID'],
])
const TOO_MANY = '53300'
const NO_SUCH_DATABASE = '3D000'

const ITS_URL = 'the URL of the database (for servers LATCHKEY_DATABASE_URL)'

/** Returns an error with a cure for an unusable database. Returns every other error unchanged. */
export function explainDatabase(cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? ''
  if (UNREACHABLE.has(code) && (cause as NodeJS.ErrnoException).syscall !== 'listen') {
    return new Error(
      `The server cannot reach the database (${code}). Start PostgreSQL, or correct the host and port in ${ITS_URL}.`,
      { cause },
    )
  }
  if (NOT_LET_IN.has(code)) {
    return new Error(
      `PostgreSQL rejects the user (${(cause as Error).message}). Correct user and password in ${ITS_URL}.`,
      { cause },
    )
  }
  if (code === NOT_PERMITTED) {
    return new Error(
      `The user lacks a permission that Latchkey needs (${(cause as Error).message}). Grant the user CREATE on the database; or, if another user runs latchkey migrate up, USAGE on the schema latchkey and SELECT, INSERT, UPDATE and DELETE on its tables.`,
      { cause },
    )
  }
  if (NOT_TRUSTED.has(code)) {
    return new Error(
      `The certificate of the database is not trusted (${code}). Add sslrootcert=FILE with the issuing authority to the URL of the database, and write the host as in the certificate.`,
      { cause },
    )
  }
  if (code === TOO_MANY) {
    return new Error(
      `PostgreSQL accepts no more connections (${(cause as Error).message}). Each server needs five. Raise max_connections or the limit of the user or database, or end other connections.`,
      { cause },
    )
  }
  if (code === NO_SUCH_DATABASE) {
    return new Error(`${(cause as Error).message}. Create the database with createdb, or correct ${ITS_URL}.`, {
      cause,
    })
  }
  return cause
}
