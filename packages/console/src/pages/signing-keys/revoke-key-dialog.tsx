// Asks before a signing key is revoked in an emergency, and says how many live tokens the revocation ends.
import { Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import type { SigningKey } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { useRevokeKey } from '../../api/platform-acts.ts'
import { signedByQuery } from '../../api/platform-queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { signingKeysText as words } from '../../strings/platform.ts'

export interface RevokeKeyDialogProps {
  readonly opened: boolean
  readonly signingKey: SigningKey | undefined
  readonly onClose: () => void
}

// The dialog is mounted before the operator has chosen a key: a dialog that is mounted open does not know where to
// return the focus.
const NONE: SigningKey = {
  kid: '',
  alg: 'ES256',
  status: 'next',
  created_at: '',
  signs_from: '',
  retired_at: null,
  revoked_at: null,
  accepted_until: null,
}

export function RevokeKeyDialog({ opened, signingKey = NONE, onClose }: RevokeKeyDialogProps) {
  const { kid, status } = signingKey
  const [typed, setTyped] = useState('')
  const revoke = useRevokeKey()
  const signed = useQuery({ ...signedByQuery(signingKey), enabled: opened })
  useEffect(() => {
    if (!opened) return
    setTyped('')
    revoke.reset()
  }, [opened])
  const confirm = () =>
    revoke.mutate(kid, {
      onSuccess: ({ revoked_tokens: ended }) => {
        notifications.show({ message: words.revoked(ended) })
        onClose()
      },
    })
  return (
    <ConfirmDialog
      opened={opened}
      title={words.revokeTitle}
      verb={words.revokeVerb}
      isDangerous
      // A leaked key can be revoked even if the tokens cannot be counted.
      isReady={typed.trim() === words.word && !signed.isPending}
      act={revoke}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Text size="sm" className="mono">
        {kid}
      </Text>
      <Text>{words.revokeLine}</Text>
      {signed.isPending && <Text role="status">{words.counting}</Text>}
      {signed.isError && <ProblemAlert title={words.countFailed} error={signed.error} />}
      {signed.data !== undefined && <Text fw={600}>{words.revokeEffect(signed.data)}</Text>}
      <Text size="sm">{status === 'signing' ? words.revokeSigning : words.revokeOther}</Text>
      <TextInput
        data-autofocus
        label={words.confirm}
        autoComplete="off"
        autoCapitalize="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
