// The authentication of each request of a client. A client with a key signs a new assertion for each.
import { JWT_BEARER, MAX_ASSERTION_LENGTH, Secret, toBasicCredentials } from '@latchkey/protocol'
import { AssertionUnavailable, type AuthenticatedSubject, type ClientCredentials } from './client-credentials.ts'
import { assertionSigner } from './assertion-signer.ts'
import { loadKey } from './own-key.ts'

/** Twice the greatest length of an assertion, because the file may have white space around it. */
const MAX_FILE_BYTES = 2 * MAX_ASSERTION_LENGTH

/**
 * The authentication of one request. A repeated request needs a new one, because a server accepts an assertion once.
 */
export interface RequestAuthentication {
  /** The value of the `Authorization` header. Undefined for an assertion. */
  readonly authorization: Secret | undefined
  /** The parameters to add to the form body. Empty for a secret. */
  readonly form: Readonly<Record<string, string>>
}

/** Makes the authentication of one request. Rejects with {@link AssertionUnavailable}. */
export type ClientAuthentication = () => Promise<RequestAuthentication>

/**
 * Returns a function that makes the authentication of a request. With a key it signs a new assertion each time: `aud`
 * is the issuer, the lifetime is 60 s, and `jti` has 128 random bits.
 *
 * @throws {@link PrivateFileError} if the file of the private key cannot be read or is open to every user. Error if it
 * contains no private key, or a key that servers do not accept: they accept P-256, Ed25519, and RSA of 2048, 3072 or
 * 4096 bits. The message contains no part of a key.
 *
 * @example
 * ```ts
 * import { createClientAuthentication } from '@latchkey/credentials'
 *
 * const authenticate = createClientAuthentication(
 *   { clientSecret: process.env['CLIENT_SECRET'] ?? 'secret' },
 *   { clientId: 'lk0123456789abcd', audience: 'https://auth.example.com/oauth2/default' },
 * )
 * const { authorization, form } = await authenticate()
 * console.log(authorization !== undefined, Object.keys(form).length) // true 0
 * ```
 */
export function createClientAuthentication(
  credentials: ClientCredentials,
  { clientId, audience }: AuthenticatedSubject,
): ClientAuthentication {
  if ('clientSecret' in credentials) {
    const { clientSecret } = credentials
    const secret = typeof clientSecret === 'string' ? new Secret(clientSecret) : clientSecret
    const authorization = new Secret(toBasicCredentials(clientId, secret))
    return () => Promise.resolve({ authorization, form: {} })
  }
  if ('privateKey' in credentials) {
    const sign = assertionSigner(loadKey(credentials))
    return () => Promise.resolve(byAssertion(sign({ clientId, audience })))
  }
  const assertion =
    'assertionFile' in credentials ? () => readAssertion(credentials.assertionFile) : credentials.assertion
  return async () => byAssertion(await usable(assertion))
}

/**
 * Reads the private key from its file, and checks it, so that later calls with the result read no file. Returns other
 * credentials unchanged.
 *
 * @throws Error as {@link createClientAuthentication} does.
 *
 * @example
 * ```ts
 * import { loadCredentials } from '@latchkey/credentials'
 *
 * const credentials = loadCredentials({ assertionFile: '/var/run/secrets/token' })
 * console.log('assertionFile' in credentials) // true
 * ```
 */
export const loadCredentials = (credentials: ClientCredentials): ClientCredentials =>
  'privateKey' in credentials ? loadKey(credentials) : credentials

/**
 * Returns a text that only the holder of these credentials has: the secret, or the private key. Undefined if the
 * credentials are an assertion. Derive keys from the text, and never send it.
 *
 * @throws Error as {@link createClientAuthentication} does.
 *
 * @example
 * ```ts
 * import { ownSecretOf } from '@latchkey/credentials'
 *
 * console.log(ownSecretOf({ assertionFile: '/var/run/secrets/token' })) // undefined
 * ```
 */
export function ownSecretOf(credentials: ClientCredentials): Secret | undefined {
  if ('clientSecret' in credentials) {
    const { clientSecret } = credentials
    return typeof clientSecret === 'string' ? new Secret(clientSecret) : clientSecret
  }
  if (!('privateKey' in credentials)) return undefined
  return new Secret(loadKey(credentials).privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'))
}

const byAssertion = (assertion: string): RequestAuthentication => ({
  authorization: undefined,
  form: { client_assertion_type: JWT_BEARER, client_assertion: assertion },
})

async function readAssertion(path: string): Promise<string> {
  // Loaded when a file is read, because some runtimes have no files.
  const { readFile, stat } = process.getBuiltinModule('node:fs/promises')
  try {
    const found = await stat(path)
    // Reading a pipe would wait until another program writes to it.
    if (found.isFile() && found.size <= MAX_FILE_BYTES) return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw new AssertionUnavailable(`the assertion file ${path} cannot be read`, { cause })
  }
  throw new AssertionUnavailable(`${path} is not a regular file of at most ${String(MAX_FILE_BYTES)} bytes`)
}

async function usable(assertion: () => string | Promise<string>): Promise<string> {
  let text: unknown
  try {
    text = await assertion()
  } catch (cause) {
    if (cause instanceof AssertionUnavailable) throw cause
    // The error of the function does not become the cause: programs log causes, and its message may quote the
    // assertion.
    throw new AssertionUnavailable(`the function that makes the assertion failed${nameOf(cause)}`)
  }
  if (typeof text !== 'string' || text.length > MAX_ASSERTION_LENGTH || !JWT.test(text)) {
    throw new AssertionUnavailable('the assertion is not a JWT in compact form')
  }
  return text
}

/**
 * Returns the name of an error in parentheses. Empty if the name does not look like a class name, because it may then
 * contain a secret such as a JWT.
 */
const nameOf = (failure: unknown): string =>
  failure instanceof Error && /^[A-Za-z]{1,40}$/.test(failure.name) ? ` (${failure.name})` : ''

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/
