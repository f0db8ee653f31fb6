// The entry point of the package: how a client authenticates at the endpoints of an authorization server.

/**
 * Makes the authentication of a client: its secret, an assertion that it signs with its own key, or an assertion that
 * its platform gives it.
 *
 * @module @latchkey/credentials
 */
export { AssertionUnavailable, type AuthenticatedSubject, type ClientCredentials } from './client-credentials.ts'
export {
  type ClientAuthentication,
  createClientAuthentication,
  loadCredentials,
  ownSecretOf,
  type RequestAuthentication,
} from './client-authentication.ts'
export { PrivateFileError, readPrivateFile } from './private-file.ts'
export { githubActions, gitlab, kubernetes } from './platforms.ts'
