// The client ID, the secret or key, and the command of the first run. If the page does not have the secret, it fetches
// the secret when the operator copies it, and the audit log records that.
import { Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { keysQuery, secretsQuery } from '../../api/queries.ts'
import { useReveal } from '../../api/use-acts.ts'
import { CopyText } from '../../components/copy-text.tsx'
import { KeySnippets } from '../../components/key-snippets.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { SecretValue } from '../../components/secret-value.tsx'
import { SnippetTabs } from '../../components/snippet-tabs.tsx'
import { setUpText } from '../../strings/set-up.ts'
import { t } from '../../strings.ts'
import { proofOf, workingKeys } from '../detail/any-credential.ts'
import { RevealSecret } from '../detail/reveal-secret.tsx'

export interface CredentialsProps {
  readonly integration: Integration
  /** Undefined until it is fetched. */
  readonly secret: string | undefined
  readonly onFetched: (secret: string) => void
}

export function Credentials(props: CredentialsProps) {
  const { integration, secret } = props
  return secret === undefined && proofOf(integration) === 'key' ? (
    <KeyCredentials integration={integration} />
  ) : (
    <SecretCredentials {...props} />
  )
}

function KeyCredentials({ integration }: Pick<CredentialsProps, 'integration'>) {
  const keys = useQuery(keysQuery(integration.id))
  return (
    <Stack gap="sm">
      <dl className="facts">
        <dt>{t.detail.credentials.clientId}</dt>
        <dd>
          <CopyText what="client ID" value={integration.client_id} />
        </dd>
      </dl>
      {keys.isError && <ProblemAlert title={t.detail.failed} error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.isPending && <Skeleton h={220} />}
      {keys.data !== undefined && <KeySnippets integration={integration} keys={workingKeys(keys.data)} />}
    </Stack>
  )
}

function SecretCredentials({ integration, secret, onFetched }: CredentialsProps) {
  const { id, client_id: clientId, scopes } = integration
  const words = t.detail.credentials
  const secrets = useQuery({ ...secretsQuery(id), enabled: secret === undefined })
  const reveal = useReveal(id)
  const kept = secrets.data?.findLast(({ status }) => status !== 'ended')
  const fetchSecret = async (secretId: string): Promise<string> => {
    const fetched = await reveal.mutateAsync(secretId)
    reveal.reset()
    onFetched(fetched)
    return fetched
  }
  return (
    <Stack gap="sm">
      <dl className="facts">
        <dt>{words.clientId}</dt>
        <dd>
          <CopyText what="client ID" value={clientId} />
        </dd>
        <dt>{words.secret}</dt>
        <dd>
          {secret !== undefined ? (
            <SecretValue secret={secret} />
          ) : (
            kept !== undefined && <RevealSecret integrationId={id} secret={kept} />
          )}
        </dd>
      </dl>
      {reveal.error !== null && <ProblemAlert title={setUpText.request.notFetched} error={reveal.error} />}
      {secret === undefined && kept?.revealable === false && <Text size="sm">{setUpText.request.notKept}</Text>}
      {secrets.isError && secret === undefined && (
        <ProblemAlert title={t.detail.failed} error={secrets.error} onRetry={() => void secrets.refetch()} />
      )}
      {secret === undefined && secrets.isPending ? (
        // Before the secrets are known, the operator would copy a command with a placeholder.
        <Skeleton h={220} />
      ) : (
        <SnippetTabs
          clientId={clientId}
          clientSecret={secret}
          scopes={scopes}
          fetchSecret={kept?.revealable === true ? () => fetchSecret(kept.id) : undefined}
        />
      )}
    </Stack>
  )
}
