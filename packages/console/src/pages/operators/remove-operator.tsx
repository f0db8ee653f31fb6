// Asks before an operator is removed, and says how many sessions the removal ends.
import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import type { Operator } from 'latchkey/admin-api'
import { useEffect } from 'react'
import { useRemoveOperator } from '../../api/platform-acts.ts'
import { sessionsQuery } from '../../api/platform-queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { operatorsText as words } from '../../strings/settings.ts'

export interface RemoveOperatorProps {
  readonly opened: boolean
  readonly operator: Operator | undefined
  readonly onClose: () => void
}

export function RemoveOperator({ opened, operator, onClose }: RemoveOperatorProps) {
  const { id = '', email = '', version = 0 } = operator ?? {}
  const remove = useRemoveOperator()
  const { data: sessions } = useQuery({ ...sessionsQuery(id), enabled: opened && id !== '' })
  useEffect(() => {
    if (opened) remove.reset()
  }, [opened])
  const onSuccess = () => {
    notifications.show({ message: words.removed(email) })
    onClose()
  }
  return (
    <ConfirmDialog
      opened={opened}
      title={words.removeTitle(email)}
      verb={words.removeVerb}
      isDangerous
      isReady={sessions !== undefined}
      act={remove}
      onConfirm={() => remove.mutate({ id, version }, { onSuccess })}
      onClose={onClose}
    >
      {sessions !== undefined && <Text>{words.removeEffect(sessions.length)}</Text>}
    </ConfirmDialog>
  )
}
