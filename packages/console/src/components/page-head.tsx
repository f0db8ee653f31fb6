// The head of a page: its title, which is also the title of the browser tab, a description and the actions.
import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'

export interface PageHeadProps {
  readonly title: string
  /** Distinguishes pages that have the same title. */
  readonly tabTitle?: string
  readonly line?: string
  readonly beside?: ReactNode
  readonly actions?: ReactNode
}

export function PageHead({ title, tabTitle = title, line, beside, actions }: PageHeadProps) {
  useEffect(() => {
    document.title = `${tabTitle} · Latchkey`
  }, [tabTitle])
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={2} miw={0} flex="1 1 16rem">
        <Group gap="sm">
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {beside}
        </Group>
        {line !== undefined && line !== '' && (
          <Text size="md" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {line}
          </Text>
        )}
      </Stack>
      {actions !== undefined && <Group gap="xs">{actions}</Group>}
    </Group>
  )
}
