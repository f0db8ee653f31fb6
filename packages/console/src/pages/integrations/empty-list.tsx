// The list if there are no integrations, or if none matches.
import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { RouterButton } from '../../components/router-link.tsx'
import { t } from '../../strings.ts'

export function EmptyList({ mayCreate }: { readonly mayCreate: boolean }) {
  return (
    <Paper withBorder p="xl">
      <Stack align="flex-start">
        <Title order={2}>{t.list.emptyTitle}</Title>
        <Text>{t.list.empty}</Text>
        {mayCreate && <RouterButton to="/models/integrations/new">{t.list.create}</RouterButton>}
      </Stack>
    </Paper>
  )
}

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
