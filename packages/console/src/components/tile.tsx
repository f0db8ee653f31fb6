// One number and its label.
import { Paper, SimpleGrid, Skeleton, Text } from '@mantine/core'
import type { ReactNode } from 'react'

export interface TilesProps {
  readonly label: string
  /** The number of tiles in a row if there is room. */
  readonly most: number
  readonly children: ReactNode
}

export function Tiles({ label, most, children }: TilesProps) {
  return (
    <SimpleGrid component="dl" aria-label={label} cols={{ base: 2, md: 3, lg: most }} spacing="sm" m={0}>
      {children}
    </SimpleGrid>
  )
}

export interface TileProps {
  readonly label: string
  /** Undefined while it is loaded. */
  readonly value: string | undefined
  readonly note?: string
}

export function Tile({ label, value, note }: TileProps) {
  return (
    <Paper px="md" py="sm">
      <Text component="dt" size="xs" c="dimmed" fw={500}>
        {label}
      </Text>
      <Text component="dd" m={0} className="number">
        {value ?? <Skeleton h={28} w={60} />}
      </Text>
      {note !== undefined && (
        <Text component="dd" m={0} size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Paper>
  )
}
