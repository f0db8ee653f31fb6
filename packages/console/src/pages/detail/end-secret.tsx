// The button that ends a secret now, with the question before it.
import { Button, Text } from '@mantine/core'
import type { IntegrationSecret } from 'latchkey/admin-api'
import { useState } from 'react'
import { useEndSecret } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useNow } from '../../components/use-now.ts'
import { t } from '../../strings.ts'
import { lastUseOf } from './secret-warnings.ts'

export interface EndSecretProps {
  readonly integrationId: string
  readonly secret: IntegrationSecret
  /** True if no other secret works. */
  readonly isOnly: boolean
  readonly label?: string
}

export function EndSecret({ integrationId, secret, isOnly, label = t.detail.credentials.end }: EndSecretProps) {
  const words = t.detail.credentials
  const now = useNow()
  const mayEdit = useMay('editor')
  const [isAsking, setAsking] = useState(false)
  const end = useEndSecret(integrationId)
  if (!mayEdit) return null
  return (
    <>
      <Button size="xs" variant="default" flex="none" w="fit-content" onClick={() => setAsking(true)}>
        {label}
      </Button>
      <ConfirmDialog
        opened={isAsking}
        title={words.endTitle}
        verb={words.end}
        isDangerous
        act={end}
        onConfirm={() => end.mutate(secret.id, { onSuccess: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        <Text>{words.endEffect(lastUseOf(secret, now))}</Text>
        {isOnly && <Text fw={600}>{words.endLast}</Text>}
      </ConfirmDialog>
    </>
  )
}
