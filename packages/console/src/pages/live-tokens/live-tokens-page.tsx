// Platform > Live tokens: every token that is accepted now, and the buttons that end them.
import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useRevokeTokens } from '../../api/platform-acts.ts'
import { liveTokensQuery } from '../../api/platform-queries.ts'
import type { CountedSlot } from '../../api/counted-slot.ts'
import { useMay } from '../../api/use-session.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { DocsLink } from '../../components/docs-link.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { pagesText } from '../../strings/pages.ts'
import { liveTokensText as words, platformText } from '../../strings/platform.ts'
import { matchesFilter } from './live-numbers.ts'
import { LiveTiles } from './live-tiles.tsx'
import { LiveTable, slotKey } from './live-table.tsx'

export function LiveTokensPage() {
  const mayEdit = useMay('editor')
  const tokens = useInfiniteQuery(liveTokensQuery)
  const revoke = useRevokeTokens()
  const [filter, setFilter] = useState('')
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [requested, setRequested] = useState<readonly CountedSlot[]>([])
  const loaded = tokens.data?.pages.flatMap(({ items }) => items).filter(({ live }) => live !== null) ?? []
  const shown = loaded.filter((slot) => matchesFilter(filter, slot))
  const chosen = loaded.filter((slot) => selected.has(slotKey(slot)))
  const close = () => {
    setRequested([])
    revoke.reset()
  }
  const confirm = () =>
    revoke.mutate(requested, {
      onSuccess: (revoked) => {
        notifications.show({ message: words.done(revoked) })
        setSelected(new Set())
        close()
      },
    })
  return (
    <>
      <PageHead title={pagesText.pages.liveTokens} line={words.line} />
      {!mayEdit && <Text size="sm">{platformText.viewer}</Text>}
      <LiveTiles loaded={tokens.data && loaded} hasMore={tokens.hasNextPage} />
      {tokens.isPending && <TableSkeleton label={words.loading} />}
      {tokens.isError && tokens.data === undefined && (
        <ProblemAlert title={words.failed} error={tokens.error} onRetry={() => void tokens.refetch()} />
      )}
      {tokens.data !== undefined && loaded.length === 0 && (
        <Paper withBorder p="xl">
          <Title order={2}>{words.emptyTitle}</Title>
          <Text>
            {words.empty} <DocsLink to="authentication-api.html">{words.howToRequest}</DocsLink>
          </Text>
        </Paper>
      )}
      {loaded.length > 0 && (
        <Stack gap="sm">
          <TextInput
            type="search"
            aria-label={words.filter}
            placeholder={words.filterHint}
            maw={420}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          {chosen.length > 0 && (
            <Group role="region" aria-label={words.selected(chosen.length)}>
              <Text size="sm" fw={600} role="status">
                {words.selected(chosen.length)}
              </Text>
              <Button size="xs" color="red" onClick={() => setRequested(chosen)}>
                {words.revokeMany(chosen.length)}
              </Button>
              <Button size="xs" variant="default" onClick={() => setSelected(new Set())}>
                {words.clear}
              </Button>
            </Group>
          )}
          {shown.length === 0 ? (
            <Paper withBorder p="xl">
              <Text mb="sm">{words.noResult(filter.trim())}</Text>
              <Button variant="default" onClick={() => setFilter('')}>
                {words.clearFilter}
              </Button>
            </Paper>
          ) : (
            <LiveTable
              slots={shown}
              selected={mayEdit ? selected : undefined}
              onSelect={setSelected}
              onRevoke={(slot) => setRequested([slot])}
            />
          )}
          <Group justify="space-between">
            <Text size="sm" role="status">
              {(tokens.hasNextPage ? words.captionMore : words.caption)(shown.length, loaded.length)}
            </Text>
            {tokens.hasNextPage && (
              <Button
                variant="default"
                size="xs"
                loading={tokens.isFetchingNextPage}
                onClick={() => void tokens.fetchNextPage()}
              >
                {words.more}
              </Button>
            )}
          </Group>
        </Stack>
      )}
      <ConfirmDialog
        opened={requested.length > 0}
        title={words.title(requested.length)}
        verb={words.revokeMany(requested.length)}
        isDangerous
        act={revoke}
        onConfirm={confirm}
        onClose={close}
      >
        <Text>{words.effect(requested.length, new Set(requested.map(({ client_id: id }) => id)).size)}</Text>
      </ConfirmDialog>
    </>
  )
}
