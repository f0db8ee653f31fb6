// The dialog that disables or enables an integration, and says the effect first.
import { Text } from '@mantine/core'
import type { Integration } from 'latchkey/admin-api'
import { useSetStatus } from '../api/use-acts.ts'
import { statusText } from '../strings/detail.ts'
import { t } from '../strings.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'

export interface StatusDialogProps {
  readonly integration: Pick<Integration, 'id' | 'name' | 'status'>
  /** The number of live tokens. Undefined while it is not known. */
  readonly live: number | undefined
  readonly opened: boolean
  readonly onClose: () => void
}

export function StatusDialog({ integration: { id, name, status }, live, opened, onClose }: StatusDialogProps) {
  const setStatus = useSetStatus()
  const isActive = status === 'active'
  const close = () => {
    onClose()
    setStatus.reset()
  }
  return (
    <ConfirmDialog
      opened={opened}
      title={isActive ? statusText.disableTitle(name) : statusText.enableTitle(name)}
      verb={isActive ? t.detail.disable : t.detail.enable}
      isDangerous={isActive}
      act={setStatus}
      onConfirm={() => setStatus.mutate({ id, status: isActive ? 'disabled' : 'active' }, { onSuccess: close })}
      onClose={close}
    >
      <Text>{isActive ? statusText.disableEffect(live) : statusText.enableEffect}</Text>
    </ConfirmDialog>
  )
}
