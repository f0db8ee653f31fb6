// Platform > Signing keys: the key that signs, its rotation step by step, and the revocation of a leaked key.
import { Button, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { SigningKey } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { useRotateKey } from '../../api/platform-acts.ts'
import { metricsQuery, signingKeysQuery } from '../../api/platform-queries.ts'
import { useMay } from '../../api/use-session.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { pagesText } from '../../strings/pages.ts'
import { platformText, signingKeysText as words } from '../../strings/platform.ts'
import { KeyTable } from './key-table.tsx'
import { RevokeKeyDialog } from './revoke-key-dialog.tsx'
import { RotationStepper } from './rotation-stepper.tsx'

export function SigningKeysPage() {
  const isOwner = useMay('owner')
  const keys = useQuery(signingKeysQuery)
  const [dialog, setDialog] = useState<'rotate' | 'revoke' | undefined>()
  const [doomed, setDoomed] = useState<SigningKey | undefined>()
  const isRotating = keys.data?.some(({ status }) => status === 'next') ?? false
  const close = () => setDialog(undefined)
  return (
    <>
      <PageHead
        title={pagesText.pages.signingKeys}
        line={words.line}
        actions={
          isOwner && (
            <Button
              leftSection={<IconRefresh size={16} aria-hidden />}
              disabled={keys.data === undefined}
              onClick={() => setDialog('rotate')}
            >
              {words.rotate}
            </Button>
          )
        }
      />
      {!isOwner && <Text size="sm">{platformText.viewerOwner}</Text>}
      {keys.isPending && <TableSkeleton label={words.loading} />}
      {keys.isError && keys.data === undefined && (
        <ProblemAlert title={words.failed} error={keys.error} onRetry={() => void keys.refetch()} />
      )}
      {keys.data !== undefined && (
        <>
          <Card title={words.rotation}>
            <RotationStepper keys={keys.data} />
          </Card>
          <Card title={words.list}>
            <KeyTable
              keys={keys.data}
              onRevoke={
                isOwner
                  ? (key) => {
                      setDoomed(key)
                      setDialog('revoke')
                    }
                  : undefined
              }
            />
          </Card>
        </>
      )}
      <RotateKeyDialog opened={dialog === 'rotate'} isRotating={isRotating} onClose={close} />
      <RevokeKeyDialog opened={dialog === 'revoke'} signingKey={doomed} onClose={close} />
    </>
  )
}

interface RotateKeyDialogProps {
  readonly opened: boolean
  readonly isRotating: boolean
  readonly onClose: () => void
}

function RotateKeyDialog({ opened, isRotating, onClose }: RotateKeyDialogProps) {
  const metrics = useQuery(metricsQuery)
  const rotate = useRotateKey()
  useEffect(() => {
    if (opened) rotate.reset()
  }, [opened])
  const confirm = () =>
    rotate.mutate(undefined, {
      onSuccess: () => {
        notifications.show({ message: words.rotated })
        onClose()
      },
    })
  return (
    <ConfirmDialog
      opened={opened}
      title={words.rotateTitle}
      verb={words.rotateVerb}
      isReady={metrics.data !== undefined && !isRotating}
      act={rotate}
      onConfirm={confirm}
      onClose={onClose}
    >
      {isRotating ? (
        <Banner tone="warning" title={words.inProgress} />
      ) : (
        <>
          {metrics.data !== undefined && <Text>{words.rotateEffect(metrics.data.liveTokens)}</Text>}
          {metrics.isError && <ProblemAlert title={words.countFailed} error={metrics.error} />}
          <Text size="sm">{words.rotateNote}</Text>
        </>
      )}
    </ConfirmDialog>
  )
}
