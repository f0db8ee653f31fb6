// A part of a page with its own heading.
import { Group, Paper, Stack, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

export interface CardProps {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Card({ title, actions, children }: CardProps) {
  const id = useId()
  return (
    <Paper component="section" aria-labelledby={id} className="card" p="md" miw={0}>
      <Stack gap="sm">
        <Group justify="space-between" mih={actions === undefined ? 24 : 32}>
          <Title order={2} id={id}>
            {title}
          </Title>
          {actions}
        </Group>
        {children}
      </Stack>
    </Paper>
  )
}
