// The link with which an operator chooses a password, shown once.
import { Button, Modal, Stack, Text } from '@mantine/core'
import type { LinkedOperator } from 'latchkey/admin-api'
import { CopyText } from '../../components/copy-text.tsx'
import { relative } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { t } from '../../strings.ts'
import { operatorsText as words } from '../../strings/settings.ts'

export interface OperatorLinkDialogProps {
  readonly made: LinkedOperator | undefined
  readonly onDone: () => void
}

export function OperatorLinkDialog({ made, onDone }: OperatorLinkDialogProps) {
  const now = useNow()
  return (
    <Modal
      opened={made !== undefined}
      onClose={onDone}
      // The link cannot be shown again, so a click beside the dialog must not close it.
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      title={words.linkTitle(made?.email ?? '')}
      size="lg"
    >
      {made !== undefined && (
        <Stack>
          <Text>{words.linkLine(relative(made.link_expires_at, now))}</Text>
          <dl className="facts">
            <dt>{words.link}</dt>
            <dd>
              <CopyText what="link" value={made.link} />
            </dd>
          </dl>
          <Button w="fit-content" onClick={onDone}>
            {t.done}
          </Button>
        </Stack>
      )}
    </Modal>
  )
}
