// The list if no integration matches the search and the filters.
import { Button, Paper, Stack, Text } from '@mantine/core'
import { t } from '../../strings.ts'

export function NoResult({ search, onClear }: { readonly search: string; readonly onClear: () => void }) {
  return (
    <Paper withBorder p="xl">
      <Stack align="flex-start">
        <Text>{t.list.noResult(search)}</Text>
        <Button variant="default" onClick={onClear}>
          {t.list.clear}
        </Button>
      </Stack>
    </Paper>
  )
}
