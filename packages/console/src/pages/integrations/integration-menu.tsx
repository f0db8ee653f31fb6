// The menu with the actions on one integration of the list, and the dialogs that say their effect first.
import { ActionIcon, Menu, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBan, IconCircleOff, IconDots, IconPlayerPlay, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Integration } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { slotsQuery } from '../../api/queries.ts'
import { useRevokeAll } from '../../api/use-acts.ts'
import { askRotation } from '../../components/asked-rotation.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { liveCount } from '../../components/live-count.ts'
import { StatusDialog } from '../../components/status-dialog.tsx'
import { revokeText } from '../../strings/detail.ts'
import { t } from '../../strings.ts'

const ICON = { size: 16, 'aria-hidden': true } as const

/** Opens itself at once, because the click on the row asked for it. */
export function IntegrationMenu({ integration }: { readonly integration: Integration }) {
  const { id, name, status, client_id: clientId } = integration
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'revoke' | 'status' | undefined>()
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // When the menu closes, it gives the focus back to the element that had it before.
    button.current?.focus()
    setOpen(true)
  }, [])
  const { data: slots } = useQuery(slotsQuery(clientId))
  const live = slots && liveCount(slots)
  const revoke = useRevokeAll()
  const isActive = status === 'active'
  const hasSecret = integration.authentication_methods.includes('client_secret_basic')
  const close = () => {
    setDialog(undefined)
    revoke.reset()
  }
  const rotate = () => {
    askRotation(id)
    void navigate({ to: '/models/integrations/$id/{-$tab}', params: { id, tab: undefined } })
  }
  return (
    <>
      <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false} opened={isOpen} onChange={setOpen}>
        <Menu.Target>
          <ActionIcon ref={button} aria-label={t.list.actionsOn(name)}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown aria-label={t.list.actionsOn(name)}>
          {hasSecret && (
            <Menu.Item leftSection={<IconRefresh {...ICON} />} onClick={rotate}>
              {t.detail.rotate}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconBan {...ICON} />} disabled={live === 0} onClick={() => setDialog('revoke')}>
            {live === 0 ? revokeText.none : revokeText.open}
          </Menu.Item>
          <Menu.Item
            leftSection={isActive ? <IconCircleOff {...ICON} /> : <IconPlayerPlay {...ICON} />}
            onClick={() => setDialog('status')}
          >
            {isActive ? t.detail.disable : t.detail.enable}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={dialog === 'revoke'}
        title={revokeText.title(name)}
        verb={revokeText.verb}
        isDangerous
        act={revoke}
        onConfirm={() =>
          revoke.mutate(id, {
            onSuccess: ({ revoked }) => {
              notifications.show({ message: revokeText.done(revoked) })
              close()
            },
          })
        }
        onClose={close}
      >
        <Text>{revokeText.effect(live)}</Text>
      </ConfirmDialog>
      <StatusDialog integration={integration} live={live} opened={dialog === 'status'} onClose={close} />
    </>
  )
}
