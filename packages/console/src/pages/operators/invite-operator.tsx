// Invites an operator: asks for e-mail and role, then shows the link to pass on.
import { TextInput } from '@mantine/core'
import type { LinkedOperator, Role } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { useInvite } from '../../api/platform-acts.ts'
import { ProblemError } from '../../api/problem.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { operatorsText as words } from '../../strings/settings.ts'
import { RoleField } from './role-field.tsx'

export interface InviteOperatorProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly onMade: (made: LinkedOperator) => void
}

export function InviteOperator({ opened, onClose, onMade }: InviteOperatorProps) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [isTried, setTried] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const invite = useInvite()
  useEffect(() => {
    if (!opened) return
    invite.reset()
    setEmail('')
    setRole('viewer')
    setTried(false)
  }, [opened])
  const isMissing = email.trim() === ''
  const confirm = () => {
    setTried(true)
    if (isMissing) return field.current?.focus()
    const onSuccess = (made: LinkedOperator) => {
      onClose()
      onMade(made)
      // Removes the link from the state of the mutation, so that the page keeps the link only while it shows it.
      invite.reset()
    }
    invite.mutate({ email: email.trim(), role }, { onSuccess })
  }
  const problem = invite.error instanceof ProblemError ? invite.error : undefined
  return (
    <ConfirmDialog
      opened={opened}
      title={words.invite}
      verb={words.invite}
      act={invite}
      onConfirm={confirm}
      onClose={onClose}
    >
      <TextInput
        ref={field}
        data-autofocus
        type="email"
        label={words.email}
        autoComplete="off"
        aria-required
        error={isTried && isMissing ? words.emailMissing : problem?.detailAt('/email')}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <RoleField value={role} onChange={setRole} />
    </ConfirmDialog>
  )
}
