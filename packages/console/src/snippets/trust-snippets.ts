// What a workload does to get a token with the identity of its platform. docs/secretless.md explains each step.
import type { TrustedIssuer } from 'latchkey/admin-api'
import { inShell, inYaml } from './quoting.ts'

export interface TrustSnippetFacts {
  readonly platform: TrustedIssuer['platform']
  /** The issuer of this server. */
  readonly issuer: string
  /** The `aud` of the platform's tokens. */
  readonly audience: string
  readonly clientId: string
  readonly scope: string
}

export interface TrustSnippet {
  readonly id: 'pod' | 'request' | 'workflow' | 'job'
  readonly label: string
  readonly code: string
}

/** The commands for the platform, in the order in which the workload needs them. */
export function trustSnippetsOf(facts: TrustSnippetFacts): readonly TrustSnippet[] {
  switch (facts.platform) {
    case 'kubernetes':
      return [
        { id: 'pod', label: 'Pod', code: pod(facts) },
        { id: 'request', label: 'Request', code: request(facts, '@/var/run/secrets/latchkey/token') },
      ]
    case 'github':
      return [{ id: 'workflow', label: 'Workflow', code: workflow(facts) }]
    case 'gitlab':
      return [{ id: 'job', label: 'Job', code: job(facts) }]
    case 'spiffe':
      return [{ id: 'request', label: 'Request', code: request(facts, '@svid.jwt') }]
    case 'oidc':
      return [{ id: 'request', label: 'Request', code: request(facts, '@token.jwt') }]
  }
}

/** `client_id` is sent in any case: without it the server refuses a workload that rules of two integrations match. */
const request = ({ platform, issuer, clientId, scope }: TrustSnippetFacts, assertion: string): string =>
  `curl ${inShell(`${issuer}/v1/token`)} \\
  --data grant_type=client_credentials \\
  --data-urlencode ${inShell(`scope=${scope}`)} \\
  --data client_id=${clientId} \\
  --data client_assertion_type=urn:ietf:params:oauth:client-assertion-type:${platform === 'spiffe' ? 'jwt-spiffe' : 'jwt-bearer'} \\
  --data-urlencode client_assertion${assertion}
`

const pod = ({ audience }: TrustSnippetFacts): string =>
  `# Beside serviceAccountName in the spec of the pod. Mount the volume at /var/run/secrets/latchkey.
volumes:
  - name: latchkey
    projected:
      sources:
        - serviceAccountToken:
            path: token
            audience: ${inYaml(audience)}
            expirationSeconds: 3600
`

const indented = (text: string, spaces: number): string => text.trimEnd().replaceAll('\n', `\n${' '.repeat(spaces)}`)

const workflow = (facts: TrustSnippetFacts): string =>
  `permissions:
  id-token: write
steps:
  - run: |
      curl --silent --fail --header "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(facts.audience)}" |
        jq --join-output .value > "$RUNNER_TEMP/assertion"
      # The answer holds the token. Keep it out of the log of the job.
      ${indented(request(facts, '@"$RUNNER_TEMP/assertion"'), 6)}
`

const job = (facts: TrustSnippetFacts): string =>
  `deploy:
  id_tokens:
    GITLAB_ID_TOKEN:
      aud: ${inYaml(facts.audience)}
  script:
    # The answer holds the token. Keep it out of the log of the job.
    - |
      printf %s "$GITLAB_ID_TOKEN" | ${indented(request(facts, '@-'), 6)}
`

/** The command that registers an issuer of the platform. The names are those of docs/secretless.md. */
export const registerIssuer: Readonly<Record<TrustedIssuer['platform'], string>> = {
  kubernetes: 'latchkey issuers create prod-cluster --platform kubernetes --url https://ISSUER-OF-THE-CLUSTER\n',
  github: 'latchkey issuers create github --platform github\n',
  gitlab: 'latchkey issuers create gitlab --platform gitlab\n',
  spiffe: 'latchkey issuers create mesh --platform spiffe --url spiffe://TRUST-DOMAIN --jwks bundle.json\n',
  oidc: 'latchkey issuers create cloud --platform oidc --url https://ISSUER\n',
}
