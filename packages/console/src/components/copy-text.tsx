// A value in the type of machines, with the button that copies it.
import { Group, Text } from '@mantine/core'
import { CopyButton } from './copy-button.tsx'

export function CopyText({ what, value }: { readonly what: string; readonly value: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Text span size="sm" className="mono">
        {value}
      </Text>
      <CopyButton what={what} value={value} />
    </Group>
  )
}
