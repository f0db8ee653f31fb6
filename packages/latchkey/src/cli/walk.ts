// The introduction that the first start prints: four steps for a shell, from the credentials to a superseded token. An
// operator can paste each step.
import type { Secret } from '@latchkey/protocol'
import type { Config } from '../config/config.ts'

export interface WalkStep {
  /** The purpose and the result of the step, in one or two sentences. */
  readonly says: string
  /** Lines for any POSIX shell, ready to paste. */
  readonly commands: readonly string[]
}

export interface WalkFacts {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: Secret
  /** True if the console can show the secret again. */
  readonly secretReveal: Config['secretReveal']
}

const SCOPE = 'machinelearning.predict'

export const walk = ({ issuer, clientId, clientSecret, secretReveal }: WalkFacts): readonly WalkStep[] => [
  {
    says: `Set the credentials of the demo integration. ${secretReveal === 'never' ? 'They are shown only this time.' : 'The console has them too.'}`,
    commands: [`CLIENT_ID='${clientId}'`, `CLIENT_SECRET='${clientSecret.reveal()}'`],
  },
  {
    says: 'Ask for a token with the documented request. The answer is JSON.',
    commands: ['request_token() {', ...documentedRequest(issuer), '}', 'request_token; echo'],
  },
  {
    says: 'Ask again, keep the token, and show it to the server as an API or a proxy would: 200.',
    commands: [
      'verify() {',
      'curl --silent --show-error --include \\',
      `  --url '${issuer}/v1/verify?scope=${SCOPE}' \\`,
      '  --header "Authorization: Bearer $1"',
      '}',
      keepTokenAs('FIRST'),
      'verify "$FIRST"',
    ],
  },
  {
    says: 'Ask once more. The new token gets 200. The first one has not expired, but it ended in that instant:\n401, and Latchkey-Reason says superseded.',
    commands: [keepTokenAs('SECOND'), 'verify "$SECOND"', 'verify "$FIRST"'],
  },
]

/** Returns the token request of the reference documentation. Only the host is different. */
export const documentedRequest = (issuer: string): readonly string[] => [
  'curl --request POST \\',
  `  --url '${issuer}/v1/token?scope=${SCOPE}&grant_type=client_credentials' \\`,
  `  --header 'Accept: application/json' \\`,
  `  --header "Authorization: Basic $(echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64)" \\`,
  `  --header 'Cache-Control: no-cache' \\`,
  `  --header 'Content-Type: application/x-www-form-urlencoded'`,
]

// `2>/dev/null` hides curl's progress meter, which curl shows if its output is not a terminal.
const keepTokenAs = (variable: string): string =>
  `${variable}=$(request_token 2>/dev/null | sed -n 's/.*"access_token": *"\\([^"]*\\)".*/\\1/p')`
