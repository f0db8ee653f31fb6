// The actions on an integration that every tab of its page offers.
import { Button, Modal, Stack, Text } from '@mantine/core'
import { IconCircleOff, IconPlayerPlay, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useCallback, useState } from 'react'
import { serverQuery, slotsQuery } from '../../api/queries.ts'
import { useMay } from '../../api/use-session.ts'
import { useAskedRotation } from '../../components/asked-rotation.ts'
import { liveCount } from '../../components/live-count.ts'
import { NewSecret } from '../../components/new-secret.tsx'
import { StatusDialog } from '../../components/status-dialog.tsx'
import { rotateText } from '../../strings/detail.ts'
import { t } from '../../strings.ts'
import { RotateDialog } from './rotate-dialog.tsx'

export function HeadActions({ integration }: { readonly integration: Integration }) {
  const { id, status, client_id: clientId } = integration
  const mayEdit = useMay('editor')
  const [dialog, setDialog] = useState<'rotate' | 'status' | undefined>()
  const [secret, setSecret] = useState<string | undefined>()
  const askRotation = useCallback(() => setDialog('rotate'), [])
  useAskedRotation(id, askRotation)
  const { data: slots } = useQuery(slotsQuery(clientId))
  const { data: server } = useQuery(serverQuery)
  const live = slots && liveCount(slots)
  if (!mayEdit) return null
  const isActive = status === 'active'
  const hasSecret = integration.authentication_methods.includes('client_secret_basic')
  const close = () => setDialog(undefined)
  return (
    <>
      {hasSecret && (
        <Button leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => setDialog('rotate')}>
          {t.detail.rotate}
        </Button>
      )}
      <Button
        variant="default"
        leftSection={isActive ? <IconCircleOff size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
        onClick={() => setDialog('status')}
      >
        {isActive ? t.detail.disable : t.detail.enable}
      </Button>
      <RotateDialog
        integration={integration}
        opened={dialog === 'rotate'}
        live={live}
        onClose={close}
        onRotated={(made) => {
          close()
          setSecret(made)
        }}
      />
      <StatusDialog integration={integration} live={live} opened={dialog === 'status'} onClose={close} />
      <Modal
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        closeOnClickOutside={false}
        title={rotateText.resultTitle}
        size="xl"
      >
        <Stack>
          {server !== undefined && <Text>{rotateText.result[server.secret_reveal]}</Text>}
          {secret !== undefined && <NewSecret integration={integration} secret={secret} />}
          <Button onClick={() => setSecret(undefined)}>{t.done}</Button>
        </Stack>
      </Modal>
    </>
  )
}
