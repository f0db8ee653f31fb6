// The second step: choose an existing integration, or create one. The integration of the first start is preselected.
import { Button, Radio, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type SyntheticEvent, useRef, useState } from 'react'
import { integrationsQuery, scopesQuery } from '../../api/queries.ts'
import { useCreate } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { attemptFor, type CreationAttempt, randomKey } from '../../components/creation-attempt.ts'
import { firstScope } from '../../components/first-scope.ts'
import { EMPTY_FORM } from '../../components/integration-form.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { setUpText } from '../../strings/set-up.ts'

const OFFERED = 3
const NEW = 'new'

export interface IntegrationStepProps {
  readonly onChosen: (id: string, secret: string | undefined) => void
}

export function IntegrationStep({ onChosen }: IntegrationStepProps) {
  const words = setUpText.integration
  const mayEdit = useMay('editor')
  const list = useQuery(integrationsQuery({ limit: OFFERED, status: 'active' }))
  const { data: scopes = [] } = useQuery(scopesQuery)
  const create = useCreate()
  const [picked, setPicked] = useState<string | undefined>()
  const [name, setName] = useState('')
  const [isAsked, setAsked] = useState(false)
  const attempt = useRef<CreationAttempt | undefined>(undefined)
  if (!mayEdit) return <Text>{words.viewer}</Text>
  const existing = list.data?.items ?? []
  // The list begins with the oldest integration, which on a first run is the one that the first start made.
  const chosen = picked ?? existing[0]?.id ?? NEW
  const isNew = chosen === NEW
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setAsked(true)
    if (!isNew) return onChosen(chosen, undefined)
    const scope = firstScope(scopes.map((each) => each.name))
    if (name.trim() === '' || scope === undefined) return
    const values = { ...EMPTY_FORM, name: name.trim(), scopes: [scope] }
    attempt.current = attemptFor(attempt.current, values, { now: Date.now(), idempotencyKey: randomKey() })
    const { idempotencyKey: key, desired } = attempt.current
    create.mutate({ key, desired }, { onSuccess: ({ id, client_secret: secret }) => onChosen(id, secret) })
  }
  if (list.isPending) return <Skeleton h={200} />
  return (
    <Card title={words.title}>
      <Text>{words.line}</Text>
      {create.isError && <ProblemAlert title={words.failed} error={create.error} />}
      <form onSubmit={submit} noValidate>
        <Stack>
          {existing.length > 0 && (
            <Radio.Group aria-label={words.label} value={chosen} onChange={setPicked}>
              <Stack gap="sm">
                {existing.map(({ id, name: label, description }) => (
                  <Radio key={id} value={id} label={label} description={description} />
                ))}
                <Radio value={NEW} label={words.create} />
              </Stack>
            </Radio.Group>
          )}
          {isNew && (
            <TextInput
              label={words.name}
              required
              maxLength={120}
              placeholder="Billing sync"
              maw={420}
              error={isAsked && name.trim() === '' ? words.nameMissing : undefined}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <Button type="submit" w="fit-content" loading={create.isPending} disabled={isNew && scopes.length === 0}>
            {words.proceed}
          </Button>
        </Stack>
      </form>
    </Card>
  )
}
