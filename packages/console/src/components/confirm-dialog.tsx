// Asks the operator to confirm an action that cannot be undone, and says what the action does.
import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { t } from '../strings.ts'
import { ProblemAlert } from './problem-alert.tsx'

export interface ConfirmDialogProps {
  readonly opened: boolean
  readonly title: string
  /** The verb on the button. */
  readonly verb: string
  readonly isDangerous?: boolean
  readonly isReady?: boolean
  readonly act: { readonly isPending: boolean; readonly error: unknown }
  readonly onConfirm: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, title, verb, isDangerous = false, isReady = true, act, onConfirm, onClose, children } = props
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !act.isPending) onConfirm()
        }}
      >
        <Stack>
          {children}
          {act.error !== null && <ProblemAlert title={t.problem.notDone} error={act.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit" {...(isDangerous && { color: 'red' })} loading={act.isPending} disabled={!isReady}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
