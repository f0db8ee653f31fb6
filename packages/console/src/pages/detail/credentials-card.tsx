// The client ID, secrets and keys of an integration. The page fetches a secret when the operator shows or copies it,
// and does not keep the secret.
import { Divider, Skeleton, Stack, Text } from '@mantine/core'
import type { Credential, Integration } from 'latchkey/admin-api'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { CopyText } from '../../components/copy-text.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { authenticationText } from '../../strings/authentication.ts'
import { t } from '../../strings.ts'
import { isSecret, working } from './any-credential.ts'
import { SecretFacts } from './secret-facts.tsx'
import { useCredentials } from './use-credentials.ts'

export function CredentialsCard({ integration }: { readonly integration: Integration }) {
  const { credentials, error, refetch } = useCredentials(integration.id)
  const mayEdit = useMay('editor')
  const words = t.detail.credentials
  // The oldest secret comes first, because it needs the operator's attention during a rotation.
  const valid = working(credentials ?? [])
  const secrets = valid.filter(isSecret)
  const others = valid.filter((credential) => !isSecret(credential))
  return (
    <Card title={words.title}>
      <dl className="facts">
        <dt>{words.clientId}</dt>
        <dd>
          <CopyText what="client ID" value={integration.client_id} />
        </dd>
      </dl>
      {credentials === undefined && error === null && <Skeleton h={120} />}
      {error !== null && <ProblemAlert title={t.detail.failed} error={error} onRetry={refetch} />}
      <Stack gap="sm">
        {secrets.map((secret, index) => (
          <Stack key={secret.id} gap="sm">
            <Divider />
            <SecretFacts
              integration={integration}
              secret={secret}
              role={secrets.length === 1 ? 'only' : index === secrets.length - 1 ? 'current' : 'old'}
            />
          </Stack>
        ))}
      </Stack>
      {others.length > 0 && (
        <>
          <Divider />
          <Others credentials={others} />
        </>
      )}
      {credentials !== undefined && valid.length === 0 && <Text fw={600}>{authenticationText.none}</Text>}
      <Text size="sm" c="dimmed">
        {lineOf({ mayEdit, hasSecret: secrets.length > 0 || credentials === undefined, hasOther: others.length > 0 })}
      </Text>
      <RouterLink
        to="/models/integrations/$id/{-$tab}"
        params={{ id: integration.id, tab: 'authentication' }}
        size="sm"
        w="fit-content"
      >
        {authenticationText.all}
      </RouterLink>
    </Card>
  )
}

function lineOf({
  mayEdit,
  hasSecret,
  hasOther,
}: Readonly<Record<'mayEdit' | 'hasSecret' | 'hasOther', boolean>>): string {
  if (hasSecret) return mayEdit ? t.detail.credentials.lookedUp : t.detail.credentials.viewer
  if (hasOther) return authenticationText.noSecret
  return mayEdit ? authenticationText.noneLine : authenticationText.noneLineViewer
}

function Others({ credentials }: { readonly credentials: readonly Credential[] }) {
  return (
    <dl className="facts">
      <dt>{authenticationText.keys}</dt>
      <dd>
        <Stack gap="xs">
          {credentials.map((credential) => (
            <div key={credential.id}>
              <Text size="sm" className="mono">
                {credentialText(credential)}
              </Text>
              <Text size="sm" c="dimmed">
                <LastUseOf
                  what={credential.kind === 'key' ? credential.alg : authenticationText.kinds[credential.kind]}
                  used={credential.last_used}
                />
              </Text>
            </div>
          ))}
        </Stack>
      </dd>
    </dl>
  )
}

/** Returns the text by which an operator knows the credential. */
function credentialText(credential: Credential): string {
  switch (credential.kind) {
    case 'key':
      return credential.kid
    case 'jwks_uri':
      return credential.uri
    case 'trust':
      return credential.issuer
  }
}

function LastUseOf({ what, used }: { readonly what: string; readonly used: Credential['last_used'] }) {
  if (used === null) return <>{authenticationText.keyUnused(what)}</>
  return (
    <>
      {authenticationText.keyUse(what)} <RelativeTime time={used.at} />
    </>
  )
}
