// Settings > Trusted issuers: the platforms whose tokens may prove a client.
import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { issuersQuery } from '../../api/queries.ts'
import { useMay } from '../../api/use-session.ts'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { issuerFormText, issuersText as words } from '../../strings/issuers.ts'
import { pagesText } from '../../strings/pages.ts'
import { IssuerCards } from './issuer-cards.tsx'
import { IssuerDialog } from './issuer-dialog.tsx'
import { IssuerTable } from './issuer-table.tsx'

export function IssuersPage() {
  const isOwner = useMay('owner')
  const isNarrow = useIsNarrow()
  const navigate = useNavigate()
  const issuers = useQuery(issuersQuery)
  const [isAdding, setAdding] = useState(false)
  const List = isNarrow ? IssuerCards : IssuerTable
  return (
    <>
      <PageHead
        title={pagesText.pages.issuers}
        line={words.line}
        actions={
          isOwner && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              {issuerFormText.add}
            </Button>
          )
        }
      />
      {!isOwner && <Text size="sm">{words.viewer}</Text>}
      {issuers.isPending && <TableSkeleton label={words.loading} />}
      {issuers.isError && issuers.data === undefined && (
        <ProblemAlert title={words.failed} error={issuers.error} onRetry={() => void issuers.refetch()} />
      )}
      {issuers.data?.length === 0 && (
        <Paper withBorder p="xl">
          <Stack>
            <Title order={2}>{words.emptyTitle}</Title>
            <Text>{words.empty}</Text>
          </Stack>
        </Paper>
      )}
      {issuers.data !== undefined && issuers.data.length > 0 && <List issuers={issuers.data} />}
      <IssuerDialog
        opened={isAdding}
        issuer={undefined}
        onClose={() => setAdding(false)}
        onSaved={({ id }) => void navigate({ to: '/settings/trusted-issuers/$id', params: { id } })}
      />
    </>
  )
}
