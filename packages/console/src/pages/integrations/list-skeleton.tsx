// A placeholder for the list while it is loaded.
import { Skeleton, Stack } from '@mantine/core'
import { t } from '../../strings.ts'

const ROWS = 6

export function ListSkeleton() {
  return (
    <Stack gap="xs" role="status" aria-label={t.list.loading}>
      {Array.from({ length: ROWS }, (_, row) => (
        <Skeleton key={row} h={44} />
      ))}
    </Stack>
  )
}
