// The integrations whose trust rules name an issuer, each with a link to its credentials.
import { Button, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TrustedIssuer } from 'latchkey/admin-api'
import { issuerUsesQuery } from '../../api/platform-queries.ts'
import { Card } from '../../components/card.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { count } from '../../components/times.ts'
import { issuerUsesText as words } from '../../strings/issuers.ts'
import { t } from '../../strings.ts'

export function IssuerUses({ issuer: { id } }: { readonly issuer: TrustedIssuer }) {
  const uses = useInfiniteQuery(issuerUsesQuery(id))
  const items = uses.data?.pages.flatMap((page) => page.items)
  return (
    <Card title={words.title}>
      <Text size="sm" c="dimmed">
        {words.line}
      </Text>
      {uses.isPending && <TableSkeleton label={words.loading} />}
      {uses.isError && items === undefined && (
        <ProblemAlert title={words.failed} error={uses.error} onRetry={() => void uses.refetch()} />
      )}
      {items?.length === 0 && <Text size="sm">{words.none}</Text>}
      {items !== undefined && items.length > 0 && (
        <div className="scroll-table" role="region" aria-label={words.title} tabIndex={0}>
          <Table verticalSpacing={6} miw={520} aria-label={words.title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.columns.name}</Table.Th>
                <Table.Th>{words.columns.clientId}</Table.Th>
                <Table.Th>{words.columns.status}</Table.Th>
                <Table.Th ta="right">{words.columns.rules}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ integration_id: of, name, client_id: clientId, status, trust_rules: rules }) => (
                <Table.Tr key={of}>
                  <Table.Td maw={320}>
                    <RouterLink
                      to="/models/integrations/$id/{-$tab}"
                      params={{ id: of, tab: 'authentication' }}
                      size="sm"
                      className="wrap"
                    >
                      {name}
                    </RouterLink>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" className="mono">
                      {clientId}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <StatusWord tone={status === 'active' ? 'ok' : 'quiet'}>{t.list[status]}</StatusWord>
                  </Table.Td>
                  <Table.Td ta="right">{count(rules)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {uses.hasNextPage && (
        <Button
          variant="default"
          w="fit-content"
          loading={uses.isFetchingNextPage}
          onClick={() => void uses.fetchNextPage()}
        >
          {words.more}
        </Button>
      )}
    </Card>
  )
}
