// A placeholder for a table while its rows are loaded.
import { Skeleton, Stack } from '@mantine/core'

const ROWS = 6

export function TableSkeleton({ label }: { readonly label: string }) {
  return (
    <Stack gap="xs" role="status" aria-label={label}>
      {Array.from({ length: ROWS }, (_, row) => (
        <Skeleton key={row} h={44} />
      ))}
    </Stack>
  )
}
