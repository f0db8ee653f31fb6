// Deletes an integration permanently, after asking for its name.
import { Button, Group, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { slotsQuery } from '../../api/queries.ts'
import { useDelete } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { liveCount } from '../../components/live-count.ts'
import { statusText as words } from '../../strings/detail.ts'
import { working } from './any-credential.ts'
import { useCredentials } from './use-credentials.ts'

export function DangerZone({ integration }: { readonly integration: Integration }) {
  const { name, id, client_id: clientId } = integration
  const mayEdit = useMay('editor')
  const navigate = useNavigate()
  const [isAsking, setAsking] = useState(false)
  const [typed, setTyped] = useState('')
  const remove = useDelete(integration)
  const { data: slots } = useQuery(slotsQuery(clientId))
  const { credentials } = useCredentials(id)
  if (!mayEdit) return null
  const effect = words.deleteEffect(slots && liveCount(slots), credentials && working(credentials).length)
  const close = () => {
    setAsking(false)
    setTyped('')
    remove.reset()
  }
  return (
    <Card title={words.danger}>
      <Text size="sm">{effect}</Text>
      <Group>
        <Button color="red" onClick={() => setAsking(true)}>
          {words.delete}
        </Button>
      </Group>
      <ConfirmDialog
        opened={isAsking}
        title={words.deleteTitle(name)}
        verb={words.delete}
        isDangerous
        isReady={typed === name}
        act={remove}
        onConfirm={() => {
          remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/models/integrations', replace: true }) })
        }}
        onClose={close}
      >
        <Text>{effect}</Text>
        <TextInput
          label={`${words.deleteConfirm}: ${name}`}
          autoComplete="off"
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </Card>
  )
}
