// A value in monospaced type, with a button that copies it.
import { Group, Text } from '@mantine/core'
import { CopyButton } from './copy-button.tsx'

export interface CopyTextProps {
  readonly what: string
  readonly value: string
  /** The shown text, if the value is too long to be shown. */
  readonly shown?: string
}

export function CopyText({ what, value, shown = value }: CopyTextProps) {
  return (
    <Group gap={2} wrap="nowrap">
      <Text span size="13px" className="mono" {...(shown !== value && { title: value })}>
        {shown}
      </Text>
      <CopyButton what={what} value={value} />
    </Group>
  )
}
