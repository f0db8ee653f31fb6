// Creates an admin key, and shows it once.
import { Button, Checkbox, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import type { Role } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { useCreateAdminKey } from '../../api/platform-acts.ts'
import { ProblemError } from '../../api/problem.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { CopyText } from '../../components/copy-text.tsx'
import { adminKeysText as words } from '../../strings/activity.ts'
import { t } from '../../strings.ts'

const DAY_MS = 86_400_000
const ROLES: readonly Role[] = ['viewer', 'editor', 'owner']
const EXPIRIES = (['30', '90', '365', 'never'] as const).map((value) => ({ value, label: words.expiries[value] }))

export interface CreateAdminKeyProps {
  readonly opened: boolean
  readonly onClose: () => void
}

export function CreateAdminKey({ opened, onClose }: CreateAdminKeyProps) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [expiry, setExpiry] = useState('90')
  const [isTried, setTried] = useState(false)
  const nameField = useRef<HTMLInputElement>(null)
  const [made, setMade] = useState<string | undefined>()
  const create = useCreateAdminKey()
  useEffect(() => {
    if (!opened) return
    create.reset()
    setName('')
    setRole('viewer')
    setExpiry('90')
    setTried(false)
  }, [opened])
  const isNameMissing = name.trim() === ''
  const submit = () => {
    setTried(true)
    if (isNameMissing) return nameField.current?.focus()
    const end = expiry === 'never' ? undefined : new Date(Date.now() + Number(expiry) * DAY_MS).toISOString()
    create.mutate(
      { name: name.trim(), role, ...(end !== undefined && { expires_at: `${end.slice(0, 19)}Z` }) },
      {
        onSuccess: ({ admin_key: key }) => {
          setMade(key)
          onClose()
          // Removes the key from the state of the mutation: the page keeps the key only while it shows the key.
          create.reset()
        },
      },
    )
  }
  const problem = create.error instanceof ProblemError ? create.error : undefined
  return (
    <>
      <ConfirmDialog
        opened={opened}
        title={words.create}
        verb={words.create}
        act={create}
        onConfirm={submit}
        onClose={onClose}
      >
        <TextInput
          ref={nameField}
          data-autofocus
          label={words.name}
          description={words.nameHint}
          aria-required
          error={isTried && isNameMissing ? words.nameMissing : problem?.detailAt('/name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group
          label={words.role}
          value={role}
          onChange={(value) => setRole(ROLES.find((known) => known === value) ?? 'viewer')}
        >
          <Stack gap="xs" mt="xs">
            {ROLES.map((known) => (
              <Radio key={known} value={known} label={words.roleLines[known]} />
            ))}
          </Stack>
        </Radio.Group>
        <Select
          label={words.expiry}
          allowDeselect={false}
          maw={220}
          data={EXPIRIES}
          value={expiry}
          onChange={(value) => setExpiry(value ?? '90')}
        />
      </ConfirmDialog>
      <MadeKey adminKey={made} onDone={() => setMade(undefined)} />
    </>
  )
}

interface MadeKeyProps {
  readonly adminKey: string | undefined
  readonly onDone: () => void
}

function MadeKey({ adminKey, onDone }: MadeKeyProps) {
  const [isStored, setStored] = useState(false)
  useEffect(() => {
    if (adminKey === undefined) return
    setStored(false)
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [adminKey])
  return (
    <Modal
      opened={adminKey !== undefined}
      onClose={onDone}
      // The key cannot be shown again, so a click beside the dialog must not close it.
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      title={words.createdTitle}
      size="lg"
    >
      <Stack>
        <Text>{words.createdLine}</Text>
        <dl className="facts">
          <dt>{words.key}</dt>
          <dd>{adminKey !== undefined && <CopyText what="admin key" value={adminKey} />}</dd>
        </dl>
        <Checkbox
          label={words.stored}
          checked={isStored}
          onChange={(event) => setStored(event.currentTarget.checked)}
        />
        <Button w="fit-content" disabled={!isStored} onClick={onDone}>
          {t.done}
        </Button>
      </Stack>
    </Modal>
  )
}
