// Asks before a scope is deleted, and lists everything that ends with it.
import { List, Text, TextInput } from '@mantine/core'
import type { Scope } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { useDeleteScope } from '../../api/platform-acts.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { scopesText as words } from '../../strings/platform.ts'

// The dialog is mounted before the operator has chosen a scope: a dialog that is mounted open does not know where to
// return the focus.
const NONE: Pick<Scope, 'name' | 'version' | 'integrations' | 'live_tokens' | 'apis'> = {
  name: '',
  version: 0,
  integrations: 0,
  live_tokens: 0,
  apis: [],
}

export interface DeleteScopeDialogProps {
  readonly opened: boolean
  readonly scope: Scope | undefined
  readonly onClose: () => void
}

export function DeleteScopeDialog({ opened, scope, onClose }: DeleteScopeDialogProps) {
  const [typed, setTyped] = useState('')
  const remove = useDeleteScope()
  useEffect(() => {
    if (!opened) return
    setTyped('')
    remove.reset()
  }, [opened])
  const { name, version, integrations, live_tokens: live, apis } = scope ?? NONE
  const isUsed = integrations > 0 || live > 0 || apis.length > 0
  return (
    <ConfirmDialog
      opened={opened}
      title={words.deleteScopeTitle(name)}
      verb={isUsed ? words.forceVerb : words.deleteScopeVerb}
      isDangerous
      isReady={!isUsed || typed === name}
      act={remove}
      // Without force the server refuses if an integration or API began to use the scope. The dialog then shows them.
      onConfirm={() => remove.mutate({ name, version, force: isUsed ? 'true' : 'false' }, { onSuccess: onClose })}
      onClose={onClose}
    >
      {isUsed ? (
        <>
          <Text>{words.inUse}</Text>
          <List spacing={4}>
            <List.Item>{words.losesIntegrations(integrations)}</List.Item>
            <List.Item>{words.endsTokens(live)}</List.Item>
            {apis.length > 0 && <List.Item className="wrap">{words.losesApis(apis)}</List.Item>}
          </List>
          <TextInput
            data-autofocus
            label={words.confirmName}
            description={name}
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </>
      ) : (
        <Text>{words.unused}</Text>
      )}
    </ConfirmDialog>
  )
}
