// The walk that the first start prints: four steps from the credentials to a superseded token, each to paste into a shell.
import type { Secret } from '@latchkey/protocol'

export interface WalkStep {
  /** What the step is for and what comes of it: a sentence or two. */
  readonly says: string
  /** Lines for any POSIX shell, to paste as they are. */
  readonly commands: readonly string[]
}

export interface WalkFacts {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret
}

const SCOPE = 'machinelearning.predict'

export function walk({ issuer, clientId, clientSecret }: WalkFacts): readonly WalkStep[] {
  const verify = (flags: string, variable: string) => [
    `curl --silent --show-error ${flags} \\`,
    `  --url '${issuer}/v1/verify?scope=${SCOPE}' \\`,
    `  --header "Authorization: Bearer $${variable}"`,
  ]
  return [
    {
      says: 'Set the credentials of the demo integration. They are shown this once.',
      commands: [`CLIENT_ID='${clientId}'`, `CLIENT_SECRET='${clientSecret.reveal()}'`],
    },
    {
      says: 'Ask for a token, with the documented request. It answers JSON; TOKEN keeps the token.',
      commands: [...answerOf(documentedRequest(issuer)), `printf '%s\\n' "$ANSWER"`, KEEP_TOKEN],
    },
    {
      says: 'Show the token to the server, as an API or a proxy would. It prints 200.',
      commands: verify(STATUS_ONLY, 'TOKEN'),
    },
    {
      says: 'Ask again: the same request. The new token prints 200. The old one, unexpired as it is, ended in that\ninstant: 401, and Latchkey-Reason says superseded.',
      commands: [
        'OLD_TOKEN=$TOKEN',
        ...answerOf(documentedRequest(issuer)),
        KEEP_TOKEN,
        ...verify(STATUS_ONLY, 'TOKEN'),
        ...verify('--include', 'OLD_TOKEN'),
      ],
    },
  ]
}

/** The token request as the reference documentation has it, word for word, but for the host. */
export const documentedRequest = (issuer: string): readonly string[] => [
  'curl --request POST \\',
  `  --url '${issuer}/v1/token?scope=${SCOPE}&grant_type=client_credentials' \\`,
  `  --header 'Accept: application/json' \\`,
  `  --header "Authorization: Basic $(echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64)" \\`,
  `  --header 'Cache-Control: no-cache' \\`,
  `  --header 'Content-Type: application/x-www-form-urlencoded'`,
]

// Inside a substitution curl would draw its progress meter: the one thing that is added to the documented words.
const answerOf = (request: readonly string[]): readonly string[] => [
  'ANSWER=$(',
  ...request.slice(0, -1),
  `${request.at(-1) ?? ''} --silent --show-error`,
  ')',
]

const STATUS_ONLY = `--output /dev/null --write-out '%{http_code}\\n'`

const KEEP_TOKEN = `TOKEN=$(printf '%s\\n' "$ANSWER" | sed -n 's/.*"access_token": *"\\([^"]*\\)".*/\\1/p')`
