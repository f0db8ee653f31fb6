// Authenticates a client with the identity that its platform gives it: GitHub Actions, GitLab CI/CD or Kubernetes.
import { AssertionUnavailable, type ClientCredentials } from './client-credentials.ts'

const GITHUB_URL = 'ACTIONS_ID_TOKEN_REQUEST_URL'
const GITHUB_TOKEN = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'
/**
 * A token manager holds its lease of a shared store for 8 s. The token request that follows may take 5 s, so 3 s are
 * left for the platform.
 */
const LONGEST_WAIT_MS = 3000

/**
 * Authenticates a client with the ID tokens of the GitHub Actions job in which the program runs. GitHub issues an ID
 * token for each request of the client. The workflow or the job needs `permissions: id-token: write`.
 *
 * `audience` is the `aud` of the ID tokens, and has no default. Give the issuer of the Latchkey server, unless the
 * server expects another audience from GitHub.
 *
 * A request of the client fails with {@link AssertionUnavailable} if the program does not run in such a job, if GitHub
 * refuses, or if GitHub does not answer within 3 s.
 *
 * @example
 * ```ts
 * import { githubActions } from '@latchkey/credentials'
 *
 * const credentials = githubActions({ audience: 'https://auth.example.com/oauth2/default' })
 * console.log('assertion' in credentials) // true
 * ```
 */
export function githubActions(options: { readonly audience: string }): ClientCredentials {
  return { assertion: () => githubToken(options.audience) }
}

async function githubToken(audience: string): Promise<string> {
  const { [GITHUB_URL]: address, [GITHUB_TOKEN]: permission } = process.env
  if (address === undefined || permission === undefined || !URL.canParse(address)) {
    const missing = `${GITHUB_URL} or ${GITHUB_TOKEN} is missing`
    throw new AssertionUnavailable(
      `GitHub Actions gives no ID token here, because ${missing}: run this in a job with "permissions: id-token: write"`,
    )
  }
  const url = new URL(address)
  url.searchParams.set('audience', audience)
  let response: Response
  let answer: unknown
  try {
    response = await fetch(url, {
      headers: { accept: 'application/json', authorization: `Bearer ${permission}` },
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    })
    answer = await response.json().catch(() => undefined)
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError'
    throw new AssertionUnavailable(
      isLate ? 'GitHub Actions did not answer within 3 s' : 'GitHub Actions could not be reached for an ID token',
    )
  }
  const { value } = (answer ?? {}) as { readonly value?: unknown }
  if (response.ok && typeof value === 'string') return value
  throw new AssertionUnavailable(`GitHub Actions answered ${String(response.status)} without an ID token`)
}

/**
 * Authenticates a client with the ID token of the GitLab job in which the program runs. GitLab puts the token in the
 * variable that the job declares under `id_tokens`, with the issuer of the Latchkey server as `aud`. GitLab does not
 * renew the ID token, so the client can request access tokens only until the ID token expires.
 *
 * `variable` is the name of the variable. Default: `GITLAB_ID_TOKEN`. Names that begin with `LATCHKEY_` are settings of
 * the `latchkey` command, which refuses names that it does not know.
 *
 * A request of the client fails with {@link AssertionUnavailable} if the variable is not set.
 *
 * @example
 * ```ts
 * import { gitlab } from '@latchkey/credentials'
 *
 * const credentials = gitlab({ variable: 'PAYMENTS_ID_TOKEN' })
 * console.log('assertion' in credentials) // true
 * ```
 */
export function gitlab(options: { readonly variable?: string } = {}): ClientCredentials {
  const { variable = 'GITLAB_ID_TOKEN' } = options
  return {
    assertion: () => {
      const token = process.env[variable]
      if (token !== undefined && token !== '') return token
      throw new AssertionUnavailable(
        `the variable ${variable} is not set: declare it under id_tokens of the job, with the issuer of the server as aud`,
      )
    },
  }
}

/**
 * Authenticates a client with the service account of the Kubernetes pod in which the program runs. The pod needs a
 * `serviceAccountToken` in a projected volume, with the issuer of the Latchkey server as `audience`. The kubelet writes
 * the token to a file there and renews it. The file is read again for each request of the client.
 *
 * `path` is the path of the file. Default: `/var/run/secrets/latchkey/token`.
 *
 * A request of the client fails with {@link AssertionUnavailable} if the file cannot be read.
 *
 * @example
 * ```ts
 * import { kubernetes } from '@latchkey/credentials'
 *
 * const credentials = kubernetes({ path: '/var/run/secrets/tokens/latchkey' })
 * console.log('assertionFile' in credentials) // true
 * ```
 */
export function kubernetes(options: { readonly path?: string } = {}): ClientCredentials {
  return { assertionFile: options.path ?? '/var/run/secrets/latchkey/token' }
}
