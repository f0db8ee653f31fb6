// Asks before an API is deleted.
import { Text } from '@mantine/core'
import type { Api } from 'latchkey/admin-api'
import { useEffect } from 'react'
import { useDeleteApi } from '../../api/platform-acts.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { scopesText as words } from '../../strings/platform.ts'

export interface DeleteApiDialogProps {
  readonly opened: boolean
  readonly api: Api | undefined
  readonly onClose: () => void
}

export function DeleteApiDialog({ opened, api, onClose }: DeleteApiDialogProps) {
  const remove = useDeleteApi()
  useEffect(() => {
    if (opened) remove.reset()
  }, [opened])
  return (
    <ConfirmDialog
      opened={opened}
      title={words.deleteApiTitle(api?.name ?? '')}
      verb={words.deleteApiVerb}
      isDangerous
      act={remove}
      onConfirm={() => api !== undefined && remove.mutate(api, { onSuccess: onClose })}
      onClose={onClose}
    >
      {api !== undefined && <Text className="wrap">{words.deleteApiEffect(api.scope, api.routes.length)}</Text>}
    </ConfirmDialog>
  )
}
