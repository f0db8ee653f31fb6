// The two buttons at the end of a row.
import { ActionIcon, Group, Tooltip } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { platformText } from '../strings/platform.ts'

export interface RowActionsProps {
  readonly editLabel: string
  readonly deleteLabel: string
  readonly onEdit: () => void
  readonly onDelete: () => void
}

export function RowActions({ editLabel, deleteLabel, onEdit, onDelete }: RowActionsProps) {
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label={platformText.edit}>
        <ActionIcon aria-label={editLabel} onClick={onEdit}>
          <IconPencil size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={platformText.delete}>
        <ActionIcon aria-label={deleteLabel} onClick={onDelete}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}
