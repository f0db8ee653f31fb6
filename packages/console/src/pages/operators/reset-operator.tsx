// Asks before a new link is made for an operator, because the new link ends the previous one.
import { Text } from '@mantine/core'
import type { LinkedOperator, Operator } from 'latchkey/admin-api'
import { useEffect } from 'react'
import { useResetOperator } from '../../api/platform-acts.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { operatorsText as words } from '../../strings/settings.ts'

export interface ResetOperatorProps {
  readonly opened: boolean
  readonly operator: Operator | undefined
  readonly onClose: () => void
  readonly onMade: (made: LinkedOperator) => void
}

export function ResetOperator({ opened, operator, onClose, onMade }: ResetOperatorProps) {
  const reset = useResetOperator()
  useEffect(() => {
    if (opened) reset.reset()
  }, [opened])
  const { id = '', email = '' } = operator ?? {}
  const onSuccess = (made: LinkedOperator) => {
    onClose()
    onMade(made)
    reset.reset()
  }
  return (
    <ConfirmDialog
      opened={opened}
      title={words.resetTitle(email)}
      verb={words.resetVerb}
      act={reset}
      onConfirm={() => reset.mutate(id, { onSuccess })}
      onClose={onClose}
    >
      <Text>{words.resetEffect}</Text>
    </ConfirmDialog>
  )
}
