// Makes a new secret. The operator chooses how long the old one stays valid and whether live tokens end.
import { Checkbox, Radio, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { secretsQuery } from '../../api/queries.ts'
import { useRotate } from '../../api/use-acts.ts'
import { Banner } from '../../components/banner.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useNow } from '../../components/use-now.ts'
import { authenticationText } from '../../strings/authentication.ts'
import { rotateText } from '../../strings/detail.ts'
import { t } from '../../strings.ts'
import { working } from './any-credential.ts'
import { lastUseOf } from './secret-warnings.ts'

const A_DAY = 86_400

export interface RotateDialogProps {
  readonly integration: Integration
  readonly opened: boolean
  /** The number of live tokens. Undefined until it is known. */
  readonly live: number | undefined
  readonly onClose: () => void
  readonly onRotated: (secret: string | undefined) => void
}

export function RotateDialog({ integration, opened, live, onClose, onRotated }: RotateDialogProps) {
  const [overlap, setOverlap] = useState(A_DAY)
  const [isRevoking, setRevoking] = useState(false)
  const rotate = useRotate(integration.id)
  const { data: secrets } = useQuery(secretsQuery(integration.id))
  const now = useNow()
  // The newest comes last.
  const [newest, old] = working(secrets ?? []).toReversed()
  const isFirst = secrets !== undefined && newest === undefined
  const close = () => {
    rotate.reset()
    onClose()
  }
  const confirm = () => {
    const rotation = {
      overlap_seconds: overlap,
      revoke_tokens: isRevoking,
      ...(old !== undefined && { end_secret: old.id }),
    }
    rotate.mutate(rotation, { onSuccess: ({ client_secret: secret }) => onRotated(secret) })
  }
  return (
    <ConfirmDialog
      opened={opened}
      title={isFirst ? rotateText.firstTitle : rotateText.title}
      verb={isFirst ? authenticationText.addSecret : t.detail.rotate}
      isReady={secrets !== undefined}
      act={rotate}
      onConfirm={confirm}
      onClose={close}
    >
      {isFirst ? (
        <Text>{rotateText.firstLine}</Text>
      ) : (
        <>
          {old !== undefined && (
            <Banner tone="warning" title={rotateText.two}>
              {rotateText.twoBody(lastUseOf(old, now))}
            </Banner>
          )}
          <Radio.Group label={rotateText.line} value={String(overlap)} onChange={(value) => setOverlap(Number(value))}>
            <Stack gap="xs" mt="xs">
              {rotateText.choices.map(({ seconds, label }) => (
                <Radio key={seconds} value={String(seconds)} label={label} />
              ))}
            </Stack>
          </Radio.Group>
          <Text size="sm">{rotateText.effect(live)}</Text>
          {live !== undefined && live > 0 && (
            <Checkbox
              label={rotateText.revokeToo(live)}
              checked={isRevoking}
              onChange={(event) => setRevoking(event.currentTarget.checked)}
            />
          )}
        </>
      )}
    </ConfirmDialog>
  )
}
