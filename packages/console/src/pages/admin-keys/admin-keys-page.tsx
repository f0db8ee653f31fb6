// Settings > Admin keys: the programs that may use the admin API, and their roles.
import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { AdminKey } from 'latchkey/admin-api'
import { useState } from 'react'
import { adminKeysQuery } from '../../api/platform-queries.ts'
import { useMay } from '../../api/use-session.ts'
import { DocsLink } from '../../components/docs-link.tsx'
import { NoPermission } from '../../components/no-permission.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { adminKeysText as words } from '../../strings/activity.ts'
import { pagesText } from '../../strings/pages.ts'
import { AdminKeyTable } from './admin-key-table.tsx'
import { CreateAdminKey } from './create-admin-key.tsx'
import { RevokeAdminKey } from './revoke-admin-key.tsx'

export function AdminKeysPage() {
  return useMay('owner') ? <Keys /> : <NoPermission title={pagesText.pages.adminKeys} line={words.line} />
}

function Keys() {
  const keys = useQuery(adminKeysQuery)
  const [dialog, setDialog] = useState<'create' | 'revoke' | undefined>()
  const [doomed, setDoomed] = useState<AdminKey | undefined>()
  const close = () => setDialog(undefined)
  return (
    <>
      <PageHead
        title={pagesText.pages.adminKeys}
        line={words.line}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog('create')}>
            {words.create}
          </Button>
        }
      />
      {keys.isPending && <TableSkeleton label={words.loading} />}
      {keys.isError && keys.data === undefined && (
        <ProblemAlert title={words.failed} error={keys.error} onRetry={() => void keys.refetch()} />
      )}
      {keys.data?.length === 0 && (
        <Paper withBorder p="xl">
          <Stack>
            <Title order={2}>{words.emptyTitle}</Title>
            <Text>
              {words.empty} <DocsLink to="http-api.html#admin-keys">{words.more}</DocsLink>
            </Text>
          </Stack>
        </Paper>
      )}
      {keys.data !== undefined && keys.data.length > 0 && (
        <AdminKeyTable
          keys={keys.data}
          onRevoke={(key) => {
            setDoomed(key)
            setDialog('revoke')
          }}
        />
      )}
      <CreateAdminKey opened={dialog === 'create'} onClose={close} />
      <RevokeAdminKey opened={dialog === 'revoke'} adminKey={doomed} onClose={close} />
    </>
  )
}
