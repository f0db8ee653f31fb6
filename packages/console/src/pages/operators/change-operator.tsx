// Changes the role of an operator, and whether they may sign in.
import '@mantine/core/styles/Switch.css'
import { Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Operator, Role } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { useChangeOperator } from '../../api/platform-acts.ts'
import { sessionsQuery } from '../../api/platform-queries.ts'
import { isProblem } from '../../api/problem.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { StaleBanner } from '../../components/stale-banner.tsx'
import { operatorsText as words } from '../../strings/settings.ts'
import { RoleField } from './role-field.tsx'

export interface ChangeOperatorProps {
  readonly opened: boolean
  readonly operator: Operator | undefined
  readonly onClose: () => void
}

export function ChangeOperator({ opened, operator, onClose }: ChangeOperatorProps) {
  const [base, setBase] = useState<Operator | undefined>()
  const [role, setRole] = useState<Role>('viewer')
  const [maySignIn, setMaySignIn] = useState(true)
  const change = useChangeOperator()
  const { id = '', email = '', version = 0 } = base ?? {}
  const { data: sessions } = useQuery({ ...sessionsQuery(id), enabled: opened && id !== '' })
  const restart = () => {
    change.reset()
    setBase(operator)
    setRole(operator?.role ?? 'viewer')
    setMaySignIn(operator?.status !== 'disabled')
  }
  // The choice stays when another person changes the operator, so that saving does not overwrite an unseen change.
  useEffect(() => {
    if (opened) restart()
  }, [opened])
  const wasDisabled = base?.status === 'disabled'
  const isDisabling = !maySignIn && !wasDisabled
  const isEnabling = maySignIn && wasDisabled
  const confirm = () => {
    const status = isDisabling ? ('disabled' as const) : isEnabling ? ('active' as const) : undefined
    const desired = { role, ...(status !== undefined && { status }) }
    change.mutate({ id, version, desired }, { onSuccess: onClose })
  }
  const isStale = isProblem(change.error, 'stale_version')
  return (
    <ConfirmDialog
      opened={opened}
      title={words.changeTitle(email)}
      verb={words.save}
      isDangerous={isDisabling}
      isReady={!isStale && (!isDisabling || sessions !== undefined)}
      act={isStale ? { isPending: false, error: null } : change}
      onConfirm={confirm}
      onClose={onClose}
    >
      {isStale && <StaleBanner isRead={operator?.version !== base?.version} onReload={restart} />}
      <RoleField value={role} onChange={setRole} />
      <Switch
        label={words.maySignIn}
        checked={maySignIn}
        onChange={(event) => setMaySignIn(event.currentTarget.checked)}
      />
      {role !== base?.role && <Text size="sm">{words.roleEffect}</Text>}
      {isDisabling && sessions !== undefined && <Text size="sm">{words.disableEffect(sessions.length)}</Text>}
      {isEnabling && <Text size="sm">{words.enableEffect}</Text>}
    </ConfirmDialog>
  )
}
