// Examples that show how a client without a secret gets its first token: for a workflow, a pod or a program.

export interface SnippetFacts {
  readonly tokenEndpoint: string
  /** The `aud` that the assertions must have. */
  readonly audience: string
  readonly clientId: string
  readonly scope: string
  /** The ID of the key, if it is not the thumbprint of the key. */
  readonly keyId?: string | undefined
}

export type SnippetKind = 'github' | 'gitlab' | 'kubernetes' | 'spiffe' | 'oidc' | 'key'

/** Returns the name of the place for the example, and the example. It contains no secret. */
export function snippetOf(kind: SnippetKind, facts: SnippetFacts): { readonly for: string; readonly text: string } {
  switch (kind) {
    case 'github':
      return { for: 'the workflow', text: github(facts) }
    case 'gitlab':
      return { for: '.gitlab-ci.yml', text: gitlab(facts) }
    case 'kubernetes':
      return { for: 'the pod, and the request that it makes', text: kubernetes(facts) }
    case 'spiffe':
      return { for: 'the workload; svid.jwt is its JWT-SVID', text: request(facts, 'svid.jwt', 'jwt-spiffe') }
    case 'oidc':
      return { for: 'the workload; token.jwt is the token of its platform', text: request(facts, 'token.jwt') }
    case 'key':
      return { for: 'the program', text: program(facts) }
  }
}

function request({ tokenEndpoint, clientId, scope }: SnippetFacts, from: string, type = 'jwt-bearer'): string {
  return [
    `curl ${tokenEndpoint}`,
    '--data grant_type=client_credentials',
    `--data scope=${scope}`,
    `--data client_id=${clientId}`,
    `--data client_assertion_type=urn:ietf:params:oauth:client-assertion-type:${type}`,
    `--data-urlencode client_assertion@${from}`,
  ].join(' \\\n  ')
}

const indented = (text: string, spaces: number): string => text.replaceAll(/^/gm, ' '.repeat(spaces))

const github = (facts: SnippetFacts): string => `permissions:
  id-token: write
steps:
  - run: |
      curl --silent --fail --header "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(facts.audience)}" |
        jq --join-output .value > "$RUNNER_TEMP/assertion"
      TOKEN=$(
${indented(request(facts, '"$RUNNER_TEMP/assertion" --silent --fail'), 8)} |
          jq --raw-output .access_token
      )
      echo "::add-mask::$TOKEN"`

const gitlab = (facts: SnippetFacts): string => `deploy:
  id_tokens:
    GITLAB_ID_TOKEN:
      aud: ${facts.audience}
  script:
    - |
      TOKEN=$(
        printf %s "$GITLAB_ID_TOKEN" |
${indented(request(facts, '- --silent --fail'), 10)} |
          jq --raw-output .access_token
      )`

const kubernetes = (
  facts: SnippetFacts,
): string => `# The volume in the specification of the pod. Mount it at /var/run/secrets/latchkey.
volumes:
  - name: latchkey
    projected:
      sources:
        - serviceAccountToken:
            path: token
            audience: ${facts.audience}
            expirationSeconds: 3600

${request(facts, '/var/run/secrets/latchkey/token')}`

const program = ({
  audience,
  clientId,
  scope,
  keyId,
}: SnippetFacts): string => `import { createTokenManager } from '@latchkey/client'

const tokens = createTokenManager({
  issuer: '${audience}',
  clientId: '${clientId}',
  scope: '${scope}',
  credentials: { privateKey: '/path/to/the/private-key.pem'${keyId === undefined ? '' : `, keyId: ${JSON.stringify(keyId)}`} },
})`
