// The second step: create an integration, or choose an existing one.
import { Button, Divider, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type SyntheticEvent, useRef, useState } from 'react'
import { integrationsQuery, scopesQuery } from '../../api/queries.ts'
import { useCreate } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { attemptFor, type CreationAttempt, randomKey } from '../../components/creation-attempt.ts'
import { EMPTY_FORM } from '../../components/integration-form.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { t } from '../../strings.ts'

const OFFERED = 3

export interface IntegrationStepProps {
  readonly onChosen: (id: string, secret: string | undefined) => void
}

export function IntegrationStep({ onChosen }: IntegrationStepProps) {
  const words = t.setUp.integration
  const mayEdit = useMay('editor')
  const list = useQuery(integrationsQuery({ limit: OFFERED, status: 'active' }))
  const { data: scopes = [] } = useQuery(scopesQuery)
  const create = useCreate()
  const [name, setName] = useState('')
  const attempt = useRef<CreationAttempt | undefined>(undefined)
  if (!mayEdit) return <Text>{words.viewer}</Text>
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    const values = { ...EMPTY_FORM, name: name.trim(), scopes: scopes.map((scope) => scope.name) }
    attempt.current = attemptFor(attempt.current, values, { now: Date.now(), idempotencyKey: randomKey() })
    const { idempotencyKey: key, desired } = attempt.current
    create.mutate({ key, desired }, { onSuccess: ({ id, client_secret: secret }) => onChosen(id, secret) })
  }
  const existing = list.data?.items ?? []
  return (
    <Card title={t.setUp.steps[1]}>
      <Text>{words.line}</Text>
      {create.isError && <ProblemAlert title={words.failed} error={create.error} />}
      {existing.length > 0 && (
        <Stack gap="xs">
          <Text fw={600}>{words.existing}</Text>
          {existing.map((integration) => (
            <Group key={integration.id} justify="space-between" wrap="nowrap">
              <Text className="wrap">{integration.name}</Text>
              <Button
                variant="default"
                aria-label={`${words.open} ${integration.name}`}
                onClick={() => onChosen(integration.id, undefined)}
              >
                {words.open}
              </Button>
            </Group>
          ))}
          <Divider my="xs" />
        </Stack>
      )}
      {existing.length > 0 && <Text fw={600}>{words.new}</Text>}
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput
            label={words.name}
            required
            maxLength={120}
            placeholder="Billing sync"
            flex="1 1 14rem"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending} disabled={scopes.length === 0}>
            {words.create}
          </Button>
        </Group>
      </form>
    </Card>
  )
}
