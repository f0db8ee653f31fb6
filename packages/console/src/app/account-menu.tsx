// The menu of the signed-in operator, with the button to sign out.
import { Menu, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronDown, IconLogout } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ask } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import { roleOf } from '../api/role.ts'
import { messageOf } from '../components/problem-alert.tsx'
import { t } from '../strings.ts'

export function AccountMenu() {
  const { data: session } = useQuery(sessionQuery)
  const signOut = useMutation({
    mutationFn: (path: '/session' | '/sessions') => ask<undefined>(path, { method: 'DELETE' }),
    // The page is loaded again, so that its data leaves memory.
    onSuccess: () => window.location.assign('/sign-in'),
    onError: (error) => notifications.show({ color: 'red', title: t.problem.notDone, message: messageOf(error) }),
  })
  const name = session?.operator?.email ?? `${t.shell.adminKey}: ${session?.admin_key?.name ?? ''}`
  return (
    <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className="account" aria-label={`${t.shell.account}: ${name}`}>
          <span className="account-letter" data-letter={name.charAt(0).toUpperCase()} aria-hidden />
          <span className="account-name">{name}</span>
          <IconChevronDown className="account-name" size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown aria-label={t.shell.account}>
        <Menu.Label c="var(--mantine-color-text)">{name}</Menu.Label>
        <Menu.Label>{t.shell.role(roleOf(session) ?? '')}</Menu.Label>
        {session?.operator !== undefined && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate('/session')}>
              {t.shell.signOut}
            </Menu.Item>
            <Menu.Item onClick={() => signOut.mutate('/sessions')}>{t.shell.signOutEverywhere}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
