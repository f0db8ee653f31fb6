// Asks before an admin key is revoked, and says when it was last used.
import { Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { AdminKey } from 'latchkey/admin-api'
import { useEffect } from 'react'
import { useRevokeAdminKey } from '../../api/platform-acts.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { relative } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { adminKeysText as words } from '../../strings/activity.ts'

export interface RevokeAdminKeyProps {
  readonly opened: boolean
  readonly adminKey: AdminKey | undefined
  readonly onClose: () => void
}

export function RevokeAdminKey({ opened, adminKey, onClose }: RevokeAdminKeyProps) {
  const now = useNow()
  const revoke = useRevokeAdminKey()
  useEffect(() => {
    if (opened) revoke.reset()
  }, [opened])
  // The dialog is mounted while it is closed, because a dialog that is mounted open does not know where to return the
  // focus.
  const { id = '', name = '', last_used: used = null } = adminKey ?? {}
  const confirm = () =>
    revoke.mutate(id, {
      onSuccess: () => {
        notifications.show({ message: words.revoked(name) })
        onClose()
      },
    })
  return (
    <ConfirmDialog
      opened={opened}
      title={words.revokeTitle(name)}
      verb={words.revokeVerb}
      isDangerous
      act={revoke}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Text>{words.revokeEffect}</Text>
      {adminKey?.loopback_only === true && <Text fw={600}>{words.loopbackEffect}</Text>}
      <Text>{used === null ? words.unused : words.lastUse(relative(used.at, now), used.address)}</Text>
    </ConfirmDialog>
  )
}
