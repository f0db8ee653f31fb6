// Ends a secret or a key at once. A dialog first says what that does.
import { Button, Checkbox, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { slotsQuery } from '../../api/queries.ts'
import { useEndCredential } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { liveCount } from '../../components/live-count.ts'
import { useNow } from '../../components/use-now.ts'
import { endText as words } from '../../strings/authentication.ts'
import { type AnyCredential, credentialName, isLast } from './any-credential.ts'
import { lastUseOf } from './secret-warnings.ts'
import { useCredentials } from './use-credentials.ts'

export interface EndCredentialProps {
  readonly integration: Integration
  readonly credential: AnyCredential
  readonly label?: string
}

/** The button with its dialog. Shown only to operators who may end credentials. */
export function EndCredential({ integration, credential, label = words.verb }: EndCredentialProps) {
  const mayEdit = useMay('editor')
  const [isAsking, setAsking] = useState(false)
  if (!mayEdit) return null
  return (
    <>
      <Button size="xs" variant="default" flex="none" w="fit-content" onClick={() => setAsking(true)}>
        {label}
      </Button>
      <EndDialog integration={integration} credential={credential} opened={isAsking} onClose={() => setAsking(false)} />
    </>
  )
}

export interface EndDialogProps extends Pick<EndCredentialProps, 'integration' | 'credential'> {
  readonly opened: boolean
  readonly onClose: () => void
}

export function EndDialog({ integration, credential, opened, onClose }: EndDialogProps) {
  const { kind, id } = credential
  const now = useNow()
  const [isRevoking, setRevoking] = useState(false)
  const { credentials } = useCredentials(integration.id)
  const { data: slots } = useQuery(slotsQuery(integration.client_id))
  const end = useEndCredential(integration)
  const live = slots && liveCount(slots)
  const close = () => {
    onClose()
    setRevoking(false)
    end.reset()
  }
  return (
    <ConfirmDialog
      opened={opened}
      title={words.title(credentialName(credential))}
      verb={words.verb}
      isDangerous
      isReady={credentials !== undefined}
      act={end}
      onConfirm={() => end.mutate({ kind, credential: id, end: { revoke_tokens: isRevoking } }, { onSuccess: close })}
      onClose={close}
    >
      <Text>{words.effect[kind](lastUseOf(credential, now))}</Text>
      {credentials !== undefined && isLast(credentials, id) && <Text fw={600}>{words.last}</Text>}
      <Text size="sm">{words.tokens(live)}</Text>
      {kind !== 'secret' && live !== undefined && live > 0 && (
        <Checkbox
          label={words.revokeToo(live)}
          checked={isRevoking}
          onChange={(event) => setRevoking(event.currentTarget.checked)}
        />
      )}
    </ConfirmDialog>
  )
}
