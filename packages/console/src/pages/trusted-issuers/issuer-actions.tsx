// What an owner can do with a trusted issuer: edit, disable and delete it. Each dialog says the effect in numbers.
import { Button, Text } from '@mantine/core'
import { IconCircleOff, IconPencil, IconPlayerPlay, IconTrash } from '@tabler/icons-react'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import type { TrustedIssuer } from 'latchkey/admin-api'
import { useState } from 'react'
import { useChangeIssuer, useDeleteIssuer } from '../../api/platform-acts.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { issuerActsText as words, issuerFormText } from '../../strings/issuers.ts'
import { IssuerDialog } from './issuer-dialog.tsx'

export function IssuerActions({ issuer }: { readonly issuer: TrustedIssuer }) {
  const { id, name, version, enabled, used_by: uses } = issuer
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'edit' | 'switch' | 'delete' | undefined>()
  const change = useChangeIssuer()
  const remove = useDeleteIssuer()
  const open = (next: typeof dialog) => {
    change.reset()
    remove.reset()
    setDialog(next)
  }
  const close = () => setDialog(undefined)
  const goBack = () => {
    notifications.show({ message: words.deleted(name) })
    void navigate({ to: '/settings/trusted-issuers', replace: true })
  }
  return (
    <>
      <Button leftSection={<IconPencil size={16} aria-hidden />} onClick={() => open('edit')}>
        {issuerFormText.edit}
      </Button>
      <Button
        variant="default"
        leftSection={enabled ? <IconCircleOff size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
        onClick={() => open('switch')}
      >
        {enabled ? words.disable : words.enable}
      </Button>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => open('delete')}>
        {words.delete}
      </Button>
      <IssuerDialog opened={dialog === 'edit'} issuer={issuer} onClose={close} />
      <ConfirmDialog
        opened={dialog === 'switch'}
        title={enabled ? words.disableTitle(name) : words.enableTitle(name)}
        verb={enabled ? words.disable : words.enable}
        isDangerous={enabled}
        act={change}
        onConfirm={() => change.mutate({ id, version, desired: { enabled: !enabled } }, { onSuccess: close })}
        onClose={close}
      >
        <Text>{enabled ? words.disableEffect(uses) : words.enableEffect(uses)}</Text>
      </ConfirmDialog>
      <ConfirmDialog
        opened={dialog === 'delete'}
        title={words.deleteTitle(name)}
        verb={words.deleteVerb}
        isDangerous
        isReady={uses.trust_rules === 0}
        act={remove}
        onConfirm={() => remove.mutate({ id, version }, { onSuccess: goBack })}
        onClose={close}
      >
        <Text>{uses.trust_rules === 0 ? words.deleteEffect : words.deleteUsed(uses)}</Text>
      </ConfirmDialog>
    </>
  )
}
