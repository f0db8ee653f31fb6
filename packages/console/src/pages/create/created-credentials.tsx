// The credentials of an integration that was just created.
import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { CreatedIntegration } from 'latchkey/admin-api'
import { serverQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { NewSecret } from '../../components/new-secret.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { t } from '../../strings.ts'

export interface CreatedCredentialsProps {
  readonly integration: CreatedIntegration
  readonly onDone: () => void
}

export function CreatedCredentials({ integration, onDone }: CreatedCredentialsProps) {
  const { name, client_secret: secret } = integration
  const words = t.create.done
  const { data: server } = useQuery(serverQuery)
  return (
    <>
      <PageHead title={words.title(name)} line={words.line} />
      <Card title={t.detail.credentials.title}>
        <Text size="sm">
          {secret === undefined ? words.replayed : server?.secret_reveal === 'never' ? words.once : words.reveal}
        </Text>
        {secret !== undefined && <NewSecret integration={integration} secret={secret} />}
        <Group>
          <Button onClick={onDone}>{words.open}</Button>
        </Group>
      </Card>
    </>
  )
}
